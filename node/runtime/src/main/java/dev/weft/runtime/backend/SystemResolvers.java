package dev.weft.runtime.backend;

import dev.weft.base.Ip;
import dev.weft.runtime.localapi.BackendException;
import dev.weft.runtime.localapi.LocalDns.SystemConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What this machine resolves names with: `/etc/resolv.conf`, which every Unix keeps.
final class SystemResolvers {
  private static final Path FILE = Path.of("/etc/resolv.conf");
  private static final int MAX_BYTES = 64 << 10;

  private SystemResolvers() {}

  static SystemConfig read() throws BackendException {
    return read(FILE);
  }

  static SystemConfig read(Path file) throws BackendException {
    List<String> nameservers = new ArrayList<>();
    List<String> search = List.of();
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new BackendException(file + " is too large to be what it should be");
      }
      for (String line : Files.readAllLines(file)) {
        String[] words = line.strip().split("\\s+", -1);
        if (words[0].equals("nameserver") && words.length > 1) {
          Ip.tryParse(words[1]).map(Ip::toString).ifPresent(nameservers::add);
        } else if (words[0].equals("search") || words[0].equals("domain")) {
          search = List.of(words).subList(1, words.length); // the last one counts
        }
      }
    } catch (IOException e) {
      throw e instanceof BackendException known
          ? known
          : new BackendException("cannot read " + file + ": " + e.getMessage());
    }
    return new SystemConfig(nameservers, search);
  }
}
