package dev.weft.ipn;

import java.util.Locale;
import java.util.Optional;

/// By which protocol a ping asks.
public enum PingType {
  /// A disco ping: is there a path to the peer, and which?
  DISCO("disco"),
  /// A ping to the peer's WireGuard end: does the tunnel work?
  TSMP("TSMP"),
  /// An ICMP echo through the tunnel: does the peer's operating system answer?
  ICMP("ICMP"),
  PEERAPI("peerapi");

  private static final PingType[] ALL = values();
  private final String text;

  PingType(String text) {
    this.text = text;
  }

  public static Optional<PingType> tryParse(String text) {
    for (PingType type : ALL) {
      if (type.text.toLowerCase(Locale.ROOT).equals(text.toLowerCase(Locale.ROOT))) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /// The text on the wire.
  @Override
  public String toString() {
    return text;
  }
}
