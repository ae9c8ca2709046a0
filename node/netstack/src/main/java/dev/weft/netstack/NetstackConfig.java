package dev.weft.netstack;

/// Limits of a stack.
///
/// @param mtu of every path: the tunnel's
/// @param maxReceiveBuffer how far a connection's receive window may grow
/// @param maxSendBuffer how far a connection's send buffer may grow
/// @param memoryLimit buffers of all connections together
/// @param maxConnections in any state; the oldest in TIME-WAIT, then the oldest that its
///   application has closed, makes room, else more SYNs are dropped
/// @param maxHalfOpen connections whose handshake is not complete, undecided ones included; one
///   remote address may have two thirds
/// @param maxTimeWait connections in TIME-WAIT; the oldest makes room
/// @param verifyChecksums whether received transport checksums are checked
public record NetstackConfig(
    int mtu,
    int maxReceiveBuffer,
    int maxSendBuffer,
    long memoryLimit,
    int maxConnections,
    int maxHalfOpen,
    int maxTimeWait,
    boolean verifyChecksums) {

  /// The tunnel's MTU and the real client's bounds (`docs/protocol/dataplane.md` §1.9 and §8), with
  /// memory for a node of 160 MB.
  public static final NetstackConfig DEFAULT =
      new NetstackConfig(1280, 8 << 20, 6 << 20, 64L << 20, 32_768, 8192, 4096, true);

  public NetstackConfig {
    if (mtu < 1280 || mtu > 65_535) {
      throw new IllegalArgumentException("MTU must be 1280 to 65535: " + mtu);
    }
    if (maxReceiveBuffer < 65_536
        || maxReceiveBuffer > 1 << 24
        || maxSendBuffer < 65_536
        || maxSendBuffer > 1 << 24) {
      throw new IllegalArgumentException("buffers must be 64 KiB to 16 MiB");
    }
    if (maxConnections < 1 || maxHalfOpen < 1 || maxTimeWait < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }

  public NetstackConfig withMtu(int bytes) {
    return new NetstackConfig(
        bytes,
        maxReceiveBuffer,
        maxSendBuffer,
        memoryLimit,
        maxConnections,
        maxHalfOpen,
        maxTimeWait,
        verifyChecksums);
  }

  public NetstackConfig withMemoryLimit(long bytes) {
    return new NetstackConfig(
        mtu,
        maxReceiveBuffer,
        maxSendBuffer,
        bytes,
        maxConnections,
        maxHalfOpen,
        maxTimeWait,
        verifyChecksums);
  }

  public NetstackConfig withMaxConnections(int count) {
    return new NetstackConfig(
        mtu,
        maxReceiveBuffer,
        maxSendBuffer,
        memoryLimit,
        count,
        maxHalfOpen,
        maxTimeWait,
        verifyChecksums);
  }

  public NetstackConfig withMaxHalfOpen(int count) {
    return new NetstackConfig(
        mtu,
        maxReceiveBuffer,
        maxSendBuffer,
        memoryLimit,
        maxConnections,
        count,
        maxTimeWait,
        verifyChecksums);
  }
}
