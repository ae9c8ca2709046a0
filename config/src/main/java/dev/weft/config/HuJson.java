package dev.weft.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads HuJSON: JSON (RFC 8259) with `//` and `/* */` comments and a comma allowed after the last
/// member or item. Stricter than most readers where guessing would hide a mistake: a name may stand
/// once in an object, nothing may follow the value, and text must be well-formed Unicode.
public final class HuJson {
  /// Above any settings or policy file seen; a larger one is a mistake (a log, a device).
  static final long MAX_BYTES = 16L << 20;

  private HuJson() {}

  /// Parses `text`; `source` names it in error messages.
  ///
  /// @throws ConfigException with line, column and what was expected
  public static Json parse(String source, String text) {
    return new HuJsonParser(source, text).document();
  }

  /// Reads a file of at most 16 MiB.
  ///
  /// @throws ConfigException when it cannot be read, or as [#parse]
  public static Json read(Path file) {
    return parse(file.toString(), decode(file.toString(), bytes(file)));
  }

  private static byte[] bytes(Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((int) MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new ConfigException(file.toString(), "is larger than 16 MiB: is it the right file?");
      }
      return bytes;
    } catch (NoSuchFileException _) {
      throw new ConfigException(file.toString(), "there is no such file");
    } catch (AccessDeniedException _) {
      throw new ConfigException(file.toString(), "may not be read by this user");
    } catch (IOException e) {
      throw new ConfigException(file.toString(), "cannot be read: " + e.getMessage());
    }
  }

  private static String decode(String source, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(in).toString();
      // Editors on Windows put a byte order mark first; it is no part of the text.
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException _) {
      String good = new String(bytes, 0, in.position(), StandardCharsets.UTF_8);
      int line = 1 + (int) good.chars().filter(c -> c == '\n').count();
      int column = good.length() - good.lastIndexOf('\n');
      throw new ConfigException(
          source + ":" + line + ":" + column, "expected UTF-8 text, found a byte that is none");
    }
  }
}
