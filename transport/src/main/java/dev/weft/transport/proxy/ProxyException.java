package dev.weft.transport.proxy;

import java.io.IOException;

/// A proxy does not connect us. The message is one line for people, without secrets.
public final class ProxyException extends IOException {
  private static final long serialVersionUID = 1L;

  public ProxyException(String message) {
    super(message);
  }
}
