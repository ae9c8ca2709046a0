package dev.weft.node.spi;

/// The table that says who gets a TCP connection from the tailnet.
///
/// For each connection the slots are asked in their order; the first handler that accepts has it. A
/// connection that nobody accepts goes to 127.0.0.1 on the same port in userspace mode.
@FunctionalInterface
public interface Inbound {
  /// Claims a slot.
  ///
  /// @throws IllegalStateException when the slot is taken: two services of one kind are a packaging
  ///   mistake
  void claim(Slot slot, InboundHandler handler);
}
