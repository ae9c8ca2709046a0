package dev.weft.runtime.cipher;

import dev.weft.base.Datagrams;
import dev.weft.base.Segments;
import dev.weft.engine.Path;
import dev.weft.runtime.loop.MemoryExchange;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.loop.SendBuffer;
import dev.weft.wireguard.OpenedBatch;
import dev.weft.wireguard.PathId;
import dev.weft.wireguard.SessionKey;
import org.jspecify.annotations.Nullable;

/// Seals and opens batches for an engine; see the package. Lives on the loop.
public final class BatchCipher implements AutoCloseable {
  /// Takes results, on the loop.
  public interface Output {
    /// Takes over the buffer.
    void sealed(Path.Udp to, SendBuffer buffer, Datagrams datagrams);

    void opened(PathId from, SessionKey key, OpenedBatch opened);

    /// Asks whoever handed in the batch in `used` to leave it and go on with `spare`, which has
    /// [Netstack#BATCH_BYTES]. Answers false when it stays his, and so has to be copied.
    boolean exchange(byte[] used, byte[] spare);
  }

  /// `true` for the lanes. Nobody has measured that they gain anything (ADR 8).
  private static final String BESIDE_PROPERTY = "weft.cipher.beside";

  /// A batch from this length on is worth a hand-over, which costs as much as sealing some packets.
  private static final int LARGE = 16 << 10;

  /// Batches under way in each direction. Each holds up to 64 KiB twice.
  static final int SLOTS = 8;

  private final Output output;
  private final OpenedBatch opened = new OpenedBatch();
  private @Nullable SealLane sealing;
  private @Nullable OpenLane opening;

  /// @param received of the sockets whose batches are opened
  public BatchCipher(NodeLoop loop, MemoryExchange received, Output output) {
    this(loop, received, output, Boolean.getBoolean(BESIDE_PROPERTY));
  }

  BatchCipher(NodeLoop loop, MemoryExchange received, Output output, boolean beside) {
    this.output = output;
    this.sealing = beside ? new SealLane(loop.eventLoop(), output) : null;
    this.opening = beside ? new OpenLane(loop.eventLoop(), received, output) : null;
  }

  /// Seals a batch; [Output#sealed] follows, perhaps later.
  public void seal(SessionKey key, long firstCounter, Segments plain, Path.Udp to) {
    int length = key.sealedLength(plain);
    if (sealing != null && (length >= LARGE || sealing.holds(key))) {
      sealing.submit(key, firstCounter, plain, to);
      return;
    }
    SendBuffer buffer = SendBuffer.allocate(length);
    Datagrams sealed;
    try {
      sealed = key.seal(firstCounter, plain, buffer.memory());
    } catch (RuntimeException | Error e) {
      buffer.release();
      throw e;
    }
    output.sealed(to, buffer, sealed);
  }

  /// Finishes all of a key that is under way, so that the caller may seal by it.
  public void settle(SessionKey key) {
    if (sealing != null) {
      sealing.settle(key);
    }
  }

  /// Opens a batch; [Output#opened] follows, perhaps later.
  public void open(SessionKey key, Datagrams sealed, PathId from) {
    if (opening != null && (sealed.length() >= LARGE || opening.holds(key))) {
      opening.submit(key, sealed, from);
      return;
    }
    key.open(sealed, opened);
    output.opened(from, key, opened);
  }

  /// Ends the threads. What is under way is lost, as on its way through the network.
  @Override
  public void close() {
    if (sealing != null) {
      sealing.close();
      sealing = null;
    }
    if (opening != null) {
      opening.close();
      opening = null;
    }
  }
}
