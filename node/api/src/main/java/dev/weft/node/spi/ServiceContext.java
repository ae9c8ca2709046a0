package dev.weft.node.spi;

import dev.weft.node.Tailnet;

/// What a node hands to a service.
public interface ServiceContext {
  Tailnet tailnet();

  /// Where connections from the tailnet are claimed.
  Inbound inbound();

  /// The serve configuration and its changes.
  ServeConfigSource serveConfig();
}
