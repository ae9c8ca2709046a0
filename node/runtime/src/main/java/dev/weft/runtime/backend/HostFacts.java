package dev.weft.runtime.backend;

import dev.weft.base.Ip;
import dev.weft.tailcfg.Hostinfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What this machine is: read from the operating system, told to control.
public final class HostFacts {
  private static final String VIRTUAL_PREFIX = "tailscale";

  private HostFacts() {}

  /// The part of Hostinfo that does not change while the daemon runs.
  public static Hostinfo hostinfo(String version) {
    Map<String, String> release = osRelease(Path.of("/etc/os-release"));
    return Hostinfo.builder()
        .ipnVersion(version)
        .os(os())
        .osVersion(System.getProperty("os.version", ""))
        .distro(release.getOrDefault("ID", ""))
        .distroVersion(release.getOrDefault("VERSION_ID", ""))
        .distroCodeName(release.getOrDefault("VERSION_CODENAME", ""))
        .container(Files.exists(Path.of("/.dockerenv")))
        .machine(machine())
        .goArch(goArch())
        .hostname(hostname())
        .noLogsNoSupport(true) // there is no log server to send anything to
        .userspace(true)
        .userspaceRouter(true)
        .build();
  }

  /// The machine's own name, first label only.
  public static String hostname() {
    String name = System.getenv().getOrDefault("HOSTNAME", "");
    try {
      name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException _) {
      if (name.isEmpty()) {
        name = javaHostname();
      }
    }
    int dot = name.indexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static String javaHostname() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "localhost";
    }
  }

  /// The addresses of all interfaces that are up.
  public static List<Ip> addresses() {
    List<Ip> addresses = new ArrayList<>();
    try {
      for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
        if (network.isUp() && !network.getName().startsWith(VIRTUAL_PREFIX)) {
          network.inetAddresses().map(Ip::of).forEach(addresses::add);
        }
      }
    } catch (SocketException _) {
      return addresses; // an interface went away meanwhile: the next look has it right
    }
    return addresses;
  }

  static Map<String, String> osRelease(Path file) {
    Map<String, String> values = new HashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          values.put(
              line.substring(0, equals),
              line.substring(equals + 1).replaceAll("^[\"']|[\"']$", ""));
        }
      }
    } catch (IOException _) {
      return Map.of();
    }
    return values;
  }

  /// Go's names for platforms are what control knows.
  private static String os() {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (name.startsWith("mac")) {
      return "macOS";
    }
    return name.startsWith("windows") ? "windows" : name;
  }

  private static String machine() {
    String arch = System.getProperty("os.arch", "");
    return arch.equals("amd64") ? "x86_64" : arch;
  }

  private static String goArch() {
    String arch = System.getProperty("os.arch", "");
    return arch.equals("aarch64") ? "arm64" : arch;
  }
}
