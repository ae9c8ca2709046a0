package dev.weft.transport.port;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The process that listens on a port.
///
/// @param name the program's name, as `ps` shows it
public record PortHolder(long pid, String name) {
  private static final String LISTENING = "0A"; // linux/include/net/tcp_states.h, TCP_LISTEN
  private static final Path PROC = Path.of("/proc");

  /// Who listens on a TCP port of this machine, as far as we may see.
  public static Optional<PortHolder> ofTcp(int port) {
    return find(port, List.of("net/tcp", "net/tcp6"), true);
  }

  /// Who has bound a UDP port of this machine, as far as we may see.
  public static Optional<PortHolder> ofUdp(int port) {
    return find(port, List.of("net/udp", "net/udp6"), false);
  }

  /// What to tell a user who cannot have a port: `TCP port 80 is taken by nginx (pid 812)`, or the
  /// system's own reason where it is another one or the holder cannot be told.
  public static String explainTcp(int port, Throwable cause) {
    return isTaken(cause)
        ? explain("TCP", port, ofTcp(port), cause)
        : explain("TCP", port, Optional.empty(), cause);
  }

  /// The same for a UDP port.
  public static String explainUdp(int port, Throwable cause) {
    return isTaken(cause)
        ? explain("UDP", port, ofUdp(port), cause)
        : explain("UDP", port, Optional.empty(), cause);
  }

  /// Not so when the port may not be had, or the address is not this machine's: then whoever
  /// listens on the same port of another address is innocent.
  private static boolean isTaken(Throwable cause) {
    return String.valueOf(cause.getMessage()).contains("Address already in use");
  }

  private static String explain(
      String protocol, int port, Optional<PortHolder> holder, Throwable cause) {
    return holder
        .map(h -> protocol + " port " + port + " is taken by " + h)
        .orElseGet(() ->
            "cannot listen on " + protocol + " port " + port + ": " + reason(cause.getMessage()));
  }

  /// Netty's native sockets put the name of the call in front: `bind(..) failed with error(-13):
  /// Permission denied`.
  private static String reason(@Nullable String message) {
    String text = String.valueOf(message);
    return text.startsWith("bind") && text.contains("): ")
        ? text.substring(text.indexOf("): ") + 3)
        : text;
  }

  /// Such as `nginx (pid 812)`.
  @Override
  public String toString() {
    return name + " (pid " + pid + ")";
  }

  private static Optional<PortHolder> find(int port, List<String> tables, boolean onlyListening) {
    try {
      Set<String> sockets = new HashSet<>();
      for (String table : tables) {
        collectSockets(PROC.resolve("self").resolve(table), port, onlyListening, sockets);
      }
      return sockets.isEmpty() ? Optional.empty() : findOwner(sockets);
    } catch (IOException e) {
      return Optional.empty(); // no /proc: the question cannot be answered here
    }
  }

  /// Columns (proc(5)): slot, local address:port in hex, remote, state, …, inode as the tenth.
  private static void collectSockets(
      Path table, int port, boolean onlyListening, Set<String> sockets) throws IOException {
    if (!Files.isReadable(table)) {
      return;
    }
    String suffix = ":%04X".formatted(port);
    for (String line : Files.readAllLines(table)) {
      String[] columns = line.strip().split("\\s+", -1);
      if (columns.length > 9
          && columns[1].endsWith(suffix)
          && (!onlyListening || columns[3].equals(LISTENING))) {
        sockets.add("socket:[" + columns[9] + "]");
      }
    }
  }

  private static Optional<PortHolder> findOwner(Set<String> sockets) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (holdsAny(process, sockets)) {
          String name = Files.readString(process.resolve("comm")).strip();
          return Optional.of(
              new PortHolder(Long.parseLong(process.getFileName().toString()), name));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean holdsAny(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return false; // gone meanwhile, or not ours to see
    }
    return false;
  }
}
