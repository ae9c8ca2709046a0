/// JSON as Go's `encoding/json` writes and reads it, described by tables.
///
/// The formats of the control protocol and of the LocalAPI are defined by Go structs, and their
/// peers depend on the details: which fields are left out when zero, the difference between an
/// absent, a null and an empty list, field names matched without regard to case, unknown fields
/// ignored (`docs/protocol/control.md`, "JSON rules that apply everywhere"). A message type here is
/// a record with a builder and one [dev.weft.json.ObjectType] table that lists its fields with
/// those rules; the table is read side by side with the tables of the notes.
///
/// [dev.weft.json.Json] is the entry: it turns bytes into messages and messages into bytes. What a
/// peer sent is bounded in depth before it is read; its size is for the caller to bound. Reading
/// fails with [dev.weft.json.MalformedJson] only, whatever the bytes are.
///
/// It knows no message: the types with a meaning live in the packages that specify them.
@NullMarked
package dev.weft.json;

import org.jspecify.annotations.NullMarked;
