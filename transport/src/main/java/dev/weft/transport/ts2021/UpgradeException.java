package dev.weft.transport.ts2021;

import java.io.IOException;

/// A connection did not become a ts2021 channel. The message is one line, for a user.
public final class UpgradeException extends IOException {
  private static final long serialVersionUID = 1L;

  UpgradeException(String message) {
    super(message);
  }
}
