/// The messages of the control protocol: what a node and its control plane say to each other inside
/// the Noise channel.
///
/// Each message is a record with a builder and a `JSON` table that states, field by field, the name
/// on the wire and whether the field is left out when zero; the tables of
/// `docs/protocol/control.md` §4 and §5 are their source. Where the protocol distinguishes "absent"
/// from "empty", the component is nullable; where both mean the same, it is an empty list. Unknown
/// fields are ignored on reading.
///
/// Use with [dev.weft.json.Json]: `Json.decode(MapRequest.JSON, body)`.
///
/// These are formats only. Which message follows which, and what a difference between two maps
/// means, is decided by the control server and by the node's engine.
@NullMarked
package dev.weft.tailcfg;

import org.jspecify.annotations.NullMarked;
