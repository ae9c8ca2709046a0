package dev.weft.node.spi;

/// A service that runs inside a node, such as `serve`.
///
/// Implementations have a public constructor without arguments and are listed in
/// `META-INF/services/dev.weft.node.spi.NodeService`.
public interface NodeService {
  /// A short lower-case name for logs and messages, such as `serve`.
  String name();

  /// Called once, before the node joins; claims slots and subscribes.
  void start(ServiceContext context);

  /// Called once at shutdown; connections of the service are closed when this returns.
  void stop();
}
