package dev.weft.netstack;

import static dev.weft.netstack.Pair.MILLI;

import dev.weft.base.Endpoint;
import dev.weft.base.Segments;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/// One stream between two stacks at full speed, without anything between them that costs memory.
final class BulkTransfer {
  static final int SEGMENT = 1228;

  final Netstack a;
  final Netstack b;
  private final Wire toA = new Wire();
  private final Wire toB = new Wire();
  private final Sink sink = new Sink();
  private long now = MILLI;

  BulkTransfer(long seed) {
    Random random = new Random(seed);
    a = new Netstack(NetstackConfig.DEFAULT, random::nextBytes);
    b = new Netstack(NetstackConfig.DEFAULT, random::nextBytes);
    a.setAddresses(List.of(Pair.A4));
    b.setAddresses(List.of(Pair.B4));
    b.listen(
        80,
        socket -> {
          sink.socket = socket;
          socket.setHandler(sink);
        });
    Source source = new Source();
    source.socket = a.connect(now, new Endpoint(Pair.B4, 80), source);
  }

  long received() {
    return sink.received;
  }

  /// One pass is what an event loop does with what has come meanwhile.
  void run(int passes) {
    for (int i = 0; i < passes; i++) {
      now += MILLI / 10;
      toB.deliver(b, now, toA);
      b.handleTimeout(now, toA);
      b.flush(now, toA);
      toA.deliver(a, now, toB);
      a.handleTimeout(now, toB);
      a.flush(now, toB);
    }
  }

  /// Batches on their way, in arrays that are used again.
  private static final class Wire implements Netstack.Output {
    private static final int MOST = 64;
    private final byte[][] batches = new byte[MOST][1 << 16];
    private final int[] lengths = new int[MOST];
    private final int[] segmentSizes = new int[MOST];
    private int count;

    @Override
    public void transmit(Segments packets) {
      System.arraycopy(packets.array(), packets.offset(), batches[count], 0, packets.length());
      lengths[count] = packets.length();
      segmentSizes[count++] = packets.segmentSize();
    }

    void deliver(Netstack to, long now, Netstack.Output answers) {
      int arrived = count;
      count = 0;
      for (int i = 0; i < arrived; i++) {
        to.handlePackets(now, Segments.of(batches[i], 0, lengths[i], segmentSizes[i]), answers);
      }
    }
  }

  private static final class Source implements TcpHandler {
    TcpSocket socket;
    private final ByteBuffer chunk = ByteBuffer.allocate(1 << 16);

    @Override
    public void onConnected() {
      onWritable();
    }

    @Override
    public void onReadable() {}

    @Override
    public void onWritable() {
      do {
        chunk.clear();
      } while (socket.write(chunk) == chunk.capacity());
    }

    @Override
    public void onClosed(CloseReason reason) {}
  }

  private static final class Sink implements TcpHandler {
    TcpSocket socket;
    long received;
    private final ByteBuffer chunk = ByteBuffer.allocate(1 << 16);

    @Override
    public void onConnected() {}

    @Override
    public void onReadable() {
      int n;
      while ((n = socket.read(chunk.clear())) > 0) {
        received += n;
      }
    }

    @Override
    public void onWritable() {}

    @Override
    public void onClosed(CloseReason reason) {}
  }
}
