package dev.weft.transport.proxy;

/// How one connection is to be made.
public sealed interface ProxyRoute {
  record Direct() implements ProxyRoute {}

  record Through(HttpProxy proxy) implements ProxyRoute {}

  /// The setting makes no sense, and going past it may be what it was meant to prevent.
  ///
  /// @param why one line for people, without secrets
  record Nowhere(String why) implements ProxyRoute {}
}
