package dev.weft.cli;

import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.tailcfg.UserProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How a status reads (`docs/protocol/services.md` §7.4).
final class StatusText {
  private static final long EXPIRY_WARNING_DAYS = 14;

  private StatusText() {}

  /// Why the node is of no use at the moment; null while it is running or starting.
  static @Nullable String trouble(Status status) {
    return switch (status.backendState()) {
      case RUNNING, STARTING -> null;
      case STOPPED -> "Weft is stopped.";
      case NEEDS_LOGIN ->
          status.authUrl().isEmpty()
              ? "Logged out."
              : "Logged out.\nLog in at: " + status.authUrl();
      case NEEDS_MACHINE_AUTH -> "Machine is not yet approved by tailnet admin.";
      case NO_STATE, IN_USE_OTHER_USER -> "unexpected state: " + status.backendState();
    };
  }

  /// In the order of the alphabet. Spelled out: the combinators of Comparator are serialisable
  /// lambdas, which the AOT cache does not keep.
  static List<PeerStatus> sorted(List<PeerStatus> peers) {
    List<PeerStatus> sorted = new ArrayList<>(peers);
    sorted.sort(StatusText::byName);
    return sorted;
  }

  private static int byName(PeerStatus a, PeerStatus b) {
    int names = a.dnsName().compareTo(b.dnsName());
    return names == 0 ? a.hostName().compareTo(b.hostName()) : names;
  }

  static boolean isOdd(State state) {
    return state == State.STARTING || state == State.NO_STATE;
  }

  static String[] row(Status status, PeerStatus peer, Instant now) {
    return new String[] {
      peer.tailscaleIps().isEmpty() ? "" : peer.tailscaleIps().getFirst().toString(),
      name(status, peer),
      owner(status, peer),
      peer.os(),
      activity(peer, now)
    };
  }

  /// The name within the tailnet, or the machine's own word for itself where there is none.
  static String name(Status status, PeerStatus peer) {
    String name = withoutLastDot(peer.dnsName());
    String suffix = "." + withoutLastDot(status.magicDnsSuffix());
    if (suffix.length() > 1 && name.endsWith(suffix)) {
      name = name.substring(0, name.length() - suffix.length());
    }
    return name.isEmpty() ? "(\"" + sanitized(peer.hostName()) + "\")" : name;
  }

  /// What the original does not say, on lines that a reader of the table passes over: why peers are
  /// relayed, and how long the node key is good for.
  static String notes(Status status, Instant now) {
    StringBuilder out = new StringBuilder();
    for (PeerStatus peer : sorted(status.peers())) {
      if (!peer.relayedBecause().isEmpty()) {
        out.append("# Relayed: ").append(name(status, peer)).append(": ");
        out.append(peer.relayedBecause()).append('\n');
      }
    }
    PeerStatus self = status.self();
    Instant expiry = self == null ? null : self.keyExpiry();
    if (expiry != null) {
      long days = Duration.between(now, expiry).toDays();
      out.append("# Key: ");
      if (days >= EXPIRY_WARNING_DAYS) {
        out.append("expires in ").append(days).append(" days\n");
      } else {
        out.append(expiry.isAfter(now) ? "EXPIRES IN " + days + " DAYS" : "HAS EXPIRED")
            .append(", ")
            .append(expiry)
            .append("; renew it with: weft up --force-reauth\n");
      }
    }
    return out.toString();
  }

  static String health(Status status) {
    StringBuilder out = new StringBuilder("# Health check:\n");
    for (String message : status.health()) {
      out.append("#     - ").append(message).append('\n');
    }
    return out.toString();
  }

  static String withoutLastDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /// Letters, digits and hyphens in lower case: a host name can hold anything, and this goes to a
  /// terminal.
  static String sanitized(String hostName) {
    StringBuilder out = new StringBuilder();
    for (char c : hostName.toLowerCase(Locale.ROOT).toCharArray()) {
      boolean fits = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
      if (fits) {
        out.append(c);
      } else if (!out.isEmpty() && out.charAt(out.length() - 1) != '-') {
        out.append('-');
      }
    }
    return out.toString();
  }

  private static String owner(Status status, PeerStatus peer) {
    long id = peer.altSharerUserId() != 0 ? peer.altSharerUserId() : peer.userId();
    if (id == 0) {
      return "-";
    }
    UserProfile user = status.users().get(id);
    if (user == null) {
      return Long.toString(id);
    }
    int at = user.loginName().indexOf('@');
    return at < 0 ? user.loginName() : user.loginName().substring(0, at + 1);
  }

  private static String activity(PeerStatus peer, Instant now) {
    boolean traffic = peer.rxBytes() != 0 || peer.txBytes() != 0;
    String offline = peer.online() ? "" : "; offline" + lastSeen(peer.lastSeen(), now);
    String state = peer.active() ? "active; " + way(peer) + offline : idle(peer, traffic, offline);
    return traffic ? state + ", tx " + peer.txBytes() + " rx " + peer.rxBytes() : state;
  }

  private static String idle(PeerStatus peer, boolean traffic, String offline) {
    if (peer.exitNode()) {
      return "idle; exit node" + offline;
    }
    if (peer.exitNodeOption()) {
      return "idle; offers exit node" + offline;
    }
    if (traffic) {
      return "idle" + offline;
    }
    return offline.isEmpty() ? "-" : offline.substring("; ".length());
  }

  private static String way(PeerStatus peer) {
    String role =
        peer.exitNode() ? "exit node; " : peer.exitNodeOption() ? "offers exit node; " : "";
    if (!peer.curAddr().isEmpty()) {
      return role + "direct " + peer.curAddr();
    }
    if (!peer.peerRelay().isEmpty()) {
      return role + "peer-relay " + peer.peerRelay();
    }
    return peer.relay().isEmpty() ? role : role + "relay \"" + peer.relay() + '"';
  }

  static String lastSeen(@Nullable Instant time, Instant now) {
    if (time == null) {
      return "";
    }
    long minutes = Math.max(1, Duration.between(time, now).toMinutes());
    if (minutes < 60) {
      return ", last seen " + minutes + "m ago";
    }
    return minutes < 24 * 60
        ? ", last seen " + minutes / 60 + "h ago"
        : ", last seen " + minutes / (24 * 60) + "d ago";
  }
}
