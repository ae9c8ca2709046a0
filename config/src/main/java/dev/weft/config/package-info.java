/// What people write to set up a Weft program, and the one way all programs read it.
///
/// Two layers. [HuJson] turns text into [Json] values that know their line and column; it is the
/// syntax of settings files and of the tailnet policy file. Above it, [Settings] gives a program
/// typed values from four places, the later one winning: default, file (`--config` or
/// `WEFT_CONFIG`), environment, flags.
///
/// A program declares each setting once and asks by it:
///
/// ```java
/// final class RelayFlags {
///   static final Setting<HostPort> LISTEN =
///       Setting.hostPort("listen", "where clients connect").orElse(new HostPort("", 443));
///   static final Setting<List<String>> DERP_MAP =
///       Setting.string("derp-map", "file or URL of a relay map").list();
///   static final SettingsSchema SCHEMA = SettingsSchema.of("weft relay", LISTEN, DERP_MAP);
/// }
///
/// try {
///   Settings settings = Settings.load(SCHEMA, args, System.getenv());
///   if (settings.helpRequested()) { out.print(SCHEMA.usage()); return 0; }
///   HostPort listen = settings.value(LISTEN);               // or find(…) where it may be missing
/// } catch (ConfigException e) {
///   err.println(e.getMessage());                            // one line a problem, with its place; no stack trace
///   return 2;
/// }
/// ```
///
/// The name `listen` is the flag `--listen`, the member `"listen"` of the file and the variable
/// `WEFT_LISTEN`; `Setting.environment("TS_…")` adds the name that the original understands. What
/// is unknown or does not fit is refused, all of it in one message: in a file with line, column and
/// what was expected. [Settings#rejected] makes the same kind of error for a value that is well
/// written and turns out not to work. A [Secret] never prints.
///
/// The caller supplies arguments and environment; nothing here reads the system. Not here: what the
/// settings mean, names looked up, files written. `config/examples` holds a commented file for each
/// program; a test of the program that owns the keys passes it to [SettingsSchema#check].
///
/// Syntax: [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259) and
/// [JWCC](https://nigeltao.github.io/blog/2021/json-with-commas-comments.html).
@NullMarked
package dev.weft.config;

import org.jspecify.annotations.NullMarked;
