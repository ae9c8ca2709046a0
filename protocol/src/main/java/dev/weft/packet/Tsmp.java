package dev.weft.packet;

import dev.weft.base.Bytes;
import org.jspecify.annotations.Nullable;

/// The messages between Tailscale nodes inside the tunnel, IP protocol 99
/// (`docs/protocol/dataplane.md` §1.8).
///
/// Only the body is described here; the IP header around it carries the addresses.
public sealed interface Tsmp {
  /// Shorter bodies are of no known message.
  int MIN_BODY = 7;

  /// A connection was refused by a policy. The flow's source is this packet's IP destination and
  /// [#sourcePort], the flow's destination its IP source and [#destinationPort].
  record Reject(
      int protocol, Reason reason, int sourcePort, int destinationPort, boolean maybeBroken)
      implements Tsmp {}

  /// Answered with a [Pong] of the same data.
  record Ping(Bytes data) implements Tsmp {
    public Ping {
      requireLength(data, PING_DATA);
    }
  }

  /// `peerApiPort` is the sender's for the address family of the packet, or 0.
  record Pong(Bytes data, int peerApiPort) implements Tsmp {
    public Pong {
      requireLength(data, PING_DATA);
    }
  }

  /// The sender's current disco key.
  record DiscoAdvert(Bytes discoKey) implements Tsmp {
    public DiscoAdvert {
      requireLength(discoKey, DISCO_KEY);
    }
  }

  /// Why a connection was refused. A reason we do not know is [#UNKNOWN].
  enum Reason {
    ACL('A'),
    SHIELDS_UP('S'),
    IP_FORWARDING_BROKEN('F'),
    HOST_FIREWALL('W'),
    UNKNOWN_TRANSIT_IP('T'),
    UNKNOWN(0);

    private final int code;

    Reason(int code) {
      this.code = code;
    }

    static Reason of(int code) {
      for (Reason reason : values()) {
        if (reason.code == code) {
          return reason;
        }
      }
      return UNKNOWN;
    }
  }

  int PING_DATA = 8;
  int DISCO_KEY = 32;

  /// The message in a TSMP body, or null when it is none we know.
  static @Nullable Tsmp parse(byte[] a, int at, int length) {
    if (length < MIN_BODY) {
      return null;
    }
    return switch (a[at]) {
      case '!' ->
          new Reject(
              Wire.u8(a, at + 1),
              Reason.of(Wire.u8(a, at + 2)),
              Wire.u16(a, at + 3),
              Wire.u16(a, at + 5),
              length > MIN_BODY && (a[at + 7] & 1) != 0);
      case 'p' -> length < 1 + PING_DATA ? null : new Ping(Bytes.copyOf(a, at + 1, PING_DATA));
      case 'o' -> length < 1 + PING_DATA ? null : pong(a, at, length);
      case 'a' ->
          length < 1 + DISCO_KEY ? null : new DiscoAdvert(Bytes.copyOf(a, at + 1, DISCO_KEY));
      default -> null;
    };
  }

  private static Pong pong(byte[] a, int at, int length) {
    int port = length >= 11 ? Wire.u16(a, at + 9) : 0;
    return new Pong(Bytes.copyOf(a, at + 1, PING_DATA), port);
  }

  /// The body, to be put behind an IP header.
  default byte[] encode() {
    return switch (this) {
      case Reject r -> {
        byte[] a = new byte[8];
        a[0] = '!';
        a[1] = (byte) r.protocol();
        a[2] = (byte) r.reason().code;
        Wire.put16(a, 3, r.sourcePort());
        Wire.put16(a, 5, r.destinationPort());
        a[7] = (byte) (r.maybeBroken() ? 1 : 0);
        yield a;
      }
      case Ping p -> body('p', p.data(), 1 + PING_DATA);
      case Pong p -> {
        byte[] a = body('o', p.data(), 11);
        Wire.put16(a, 9, p.peerApiPort());
        yield a;
      }
      case DiscoAdvert d -> body('a', d.discoKey(), 1 + DISCO_KEY);
    };
  }

  private static byte[] body(char type, Bytes data, int length) {
    byte[] a = new byte[length];
    a[0] = (byte) type;
    data.copyTo(a, 1);
    return a;
  }

  private static void requireLength(Bytes data, int length) {
    if (data.length() != length) {
      throw new IllegalArgumentException("TSMP data of " + data.length() + " bytes, not " + length);
    }
  }
}
