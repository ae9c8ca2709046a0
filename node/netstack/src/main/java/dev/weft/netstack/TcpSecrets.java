package dev.weft.netstack;

import dev.weft.base.Entropy;

/// Numbers that nobody but the two ends of a connection can guess.
final class TcpSecrets {
  private final SipHash hash;

  TcpSecrets(Entropy entropy) {
    hash = new SipHash(entropy);
  }

  /// RFC 6528 §3: a four-microsecond clock plus a secret function of the connection.
  int initialSequence(Route r, int ports, long now) {
    return (int) (now / 4000) + of(r, ports);
  }

  /// RFC 7323 §5.4: an offset by connection, so that timestamps do not tell how long the node is
  /// up.
  int timestampOffset(Route r, int ports) {
    return of(r, ports | 1L << 40);
  }

  private int of(Route r, long rest) {
    return (int) hash.hash(r.localHigh(), r.localLow(), r.remoteHigh(), r.remoteLow(), rest);
  }
}
