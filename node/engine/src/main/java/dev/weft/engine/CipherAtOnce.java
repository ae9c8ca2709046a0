package dev.weft.engine;

import dev.weft.base.Datagrams;
import dev.weft.base.Segments;
import dev.weft.wireguard.OpenedBatch;
import dev.weft.wireguard.PathId;
import dev.weft.wireguard.SessionKey;

/// Seals and opens during the call, on the heap: the simplest that an output can do. Where packets
/// leave by a socket, sealing into memory that the socket can take saves a copy.
public final class CipherAtOnce {
  private static final int SEAL_BUFFER = 80 << 10;

  private final byte[] sealed = new byte[SEAL_BUFFER];
  private final OpenedBatch opened = new OpenedBatch();

  public void seal(
      SessionKey key, long firstCounter, Segments plain, Destination to, NodeCore.Output out) {
    Segments datagrams = key.seal(firstCounter, plain, sealed);
    to.forEach(path -> out.transmit(path, datagrams));
  }

  public void open(
      long now, SessionKey key, Datagrams batch, PathId from, NodeCore core, NodeCore.Output out) {
    key.open(batch, opened);
    core.handleOpened(now, from, key, opened, out);
  }
}
