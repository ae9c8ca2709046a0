package dev.weft.netstack;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.packet.IpWriter;

/// From one address to another, and whether that is this very stack.
///
/// The local address is an own one, or one that the node answers for. Packets of one route, by
/// identity, may share a batch.
final class Route {
  private static final long MAPPED = 0xffff_0000_0000L;

  private final long localHigh;
  private final long localLow;
  private final long remoteHigh;
  private final long remoteLow;
  private final boolean isLoopback;
  private final IpWriter writer;

  Route(long localHigh, long localLow, long remoteHigh, long remoteLow, boolean isLoopback) {
    this.localHigh = localHigh;
    this.localLow = localLow;
    this.remoteHigh = remoteHigh;
    this.remoteLow = remoteLow;
    this.isLoopback = isLoopback;
    writer = new IpWriter(localHigh, localLow, remoteHigh, remoteLow);
  }

  /// The upper half of an address as [dev.weft.packet.IpView] gives it: an IPv4 address is mapped.
  static long high(Ip ip) {
    return ip.isV4() ? 0 : ip.high();
  }

  static long low(Ip ip) {
    return ip.isV4() ? MAPPED | ip.low() : ip.low();
  }

  static Ip ip(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff ? Ip.v4((int) low) : Ip.v6(high, low);
  }

  long localHigh() {
    return localHigh;
  }

  long localLow() {
    return localLow;
  }

  long remoteHigh() {
    return remoteHigh;
  }

  long remoteLow() {
    return remoteLow;
  }

  boolean isLoopback() {
    return isLoopback;
  }

  IpWriter writer() {
    return writer;
  }

  Endpoint local(int port) {
    return new Endpoint(ip(localHigh, localLow), port);
  }

  Endpoint remote(int port) {
    return new Endpoint(ip(remoteHigh, remoteLow), port);
  }
}
