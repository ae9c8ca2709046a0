package dev.weft.transport.ts2021;

/// The words of the HTTP upgrade. `docs/protocol/control.md` §2.1.
final class Upgrade {
  static final String PATH = "/ts2021";
  static final String PROTOCOL = "tailscale-control-protocol";
  static final String HANDSHAKE_HEADER = "X-Tailscale-Handshake";

  private Upgrade() {}
}
