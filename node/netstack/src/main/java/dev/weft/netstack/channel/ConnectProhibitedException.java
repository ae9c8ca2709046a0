package dev.weft.netstack.channel;

import java.net.ConnectException;

/// The peer's policy does not let this node connect.
public final class ConnectProhibitedException extends ConnectException {
  private static final long serialVersionUID = 1;

  ConnectProhibitedException(String message) {
    super(message);
  }
}
