package dev.weft.transport.derp;

/// The words that both sides use on the way from HTTP to DERP.
final class DerpHttp {
  static final String PATH = "/derp";
  static final String PROTOCOL = "DERP";
  static final String WEBSOCKET = "websocket";
  static final String WEBSOCKET_SUBPROTOCOL = "derp";

  static final String FAST_START = "Derp-Fast-Start";
  static final String IDEAL_NODE = "Ideal-Node";
  static final String VERSION = "Derp-Version";
  static final String PUBLIC_KEY = "Derp-Public-Key";

  /// Either side gives the other this long for the whole of its part.
  static final long DEADLINE_SECONDS = 10;

  private DerpHttp() {}
}
