package dev.weft.runtime.loop;

import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.runtime.host.BatchReceiver;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a UDP socket of the loop by batches and hands them on where the kernel left them: Netty
/// would make an object and a slice for each datagram, which is a tenth of a bulk transfer's work.
///
/// What one sender sent in small pieces is put together as long as the pieces are even.
final class UdpReceiver implements EpollIoHandle {
  /// Calls of the system before other sockets and timers get their turn; the loop comes back.
  private static final int CALLS_PER_TURN = 16;

  /// The longest that the kernel gives at once.
  private static final int LONGEST = 64 << 10;

  /// A batch of this length is handed on at once.
  private static final int ENOUGH = 16 << 10;

  /// Room for the longest behind what is put together.
  static final int BUFFER_BYTES = LONGEST + ENOUGH;

  private static final Logger LOG = LoggerFactory.getLogger(UdpReceiver.class);

  private final IoEventLoop loop;
  private final FileDescriptor descriptor;
  private final BatchReceiver receiver;
  private final ReceiveMemory memory;
  private final DatagramHandler handler;
  private final UdpCounters counters;
  private @Nullable IoRegistration registration;
  private @Nullable Endpoint source;
  private MemorySegment buffer;
  private int start;
  private int end;
  private int segmentSize;

  private UdpReceiver(
      IoEventLoop loop,
      int descriptor,
      ReceiveMemory memory,
      DatagramHandler handler,
      UdpCounters counters) {
    this.loop = loop;
    this.descriptor = new FileDescriptor(descriptor);
    this.receiver = new BatchReceiver(descriptor);
    this.memory = memory;
    this.buffer = memory.current();
    this.handler = handler;
    this.counters = counters;
  }

  /// Begins to read the socket with this descriptor, by another one of its own: the loop knows the
  /// first as Netty's.
  ///
  /// @param memory which all receivers of a loop share
  static UdpReceiver open(
      IoEventLoop loop,
      int socket,
      ReceiveMemory memory,
      DatagramHandler handler,
      UdpCounters counters)
      throws IOException, InterruptedException {
    UdpReceiver made =
        new UdpReceiver(loop, BatchReceiver.duplicate(socket), memory, handler, counters);
    Future<IoRegistration> registering = loop.register(made);
    try {
      made.begin(registering.await());
      return made;
    } catch (RuntimeException e) {
      made.endAfter(registering);
      throw new IOException("cannot watch the socket: " + e.getMessage(), e);
    } catch (IOException | InterruptedException e) {
      made.endAfter(registering);
      throw e;
    }
  }

  private void begin(Future<IoRegistration> registering) throws IOException {
    if (!registering.isSuccess()) {
      throw new IOException(registering.cause());
    }
    IoRegistration registered = registering.getNow();
    registration = registered;
    // By level, so that a turn may leave some for the next. This is where the system may refuse.
    registered.submit(EpollIoOps.EPOLLIN);
  }

  /// The registering may still be under way, when whoever waited for it was interrupted.
  private void endAfter(Future<IoRegistration> registering) {
    registering.addListener((Future<IoRegistration> done) -> {
      registration = done.getNow();
      end();
    });
  }

  @Override
  public FileDescriptor fd() {
    return descriptor;
  }

  @Override
  public void handle(IoRegistration registered, IoEvent event) {
    restart();
    try {
      int calls = 0;
      while (calls < CALLS_PER_TURN && registered.isValid() && receive()) {
        calls++;
      }
    } catch (IOException _) {
      counters.receiveFailed.increment();
    }
    handOn();
  }

  /// Begins at the start of memory, which may be other than before: a batch that was handed on may
  /// have been kept.
  private void restart() {
    buffer = memory.current();
    start = 0;
    end = 0;
  }

  /// Answers false when the socket has nothing more.
  private boolean receive() throws IOException {
    int length = receiver.receive(buffer, end);
    if (length < 0) {
      return false;
    }
    int size = receiver.segmentSize();
    counters.receivedDatagrams.add(Math.max(1, (length + size - 1) / size));
    if (!isMore(length, size)) {
      handOn();
      segmentSize = size;
      source = receiver.source();
    }
    end += length;
    if (end >= ENOUGH) {
      handOn();
      restart();
    }
    return true;
  }

  /// Whether what was just received goes on with what is there.
  private boolean isMore(int length, int size) {
    return start < end
        && (end - start) % segmentSize == 0
        && (size == segmentSize || length == size && length < segmentSize)
        && receiver.source().equals(source);
  }

  /// Hands on what is there; what follows begins behind it.
  private void handOn() {
    if (start == end) {
      return;
    }
    Datagrams batch = Datagrams.of(buffer, start, end - start, segmentSize);
    start = end;
    counters.receivedBatches.increment();
    try {
      handler.handleDatagrams(Objects.requireNonNull(source), batch);
    } catch (RuntimeException e) {
      LOG.error("the engine failed on a received datagram", e);
    }
  }

  /// Reads no more. On the loop or another thread.
  void stop() {
    loop.execute(this::end);
  }

  private void end() {
    if (registration != null && registration.isValid()) {
      registration.cancel();
    }
    close();
  }

  /// Called by the loop when it ends.
  @Override
  public void close() {
    try {
      descriptor.close();
    } catch (IOException _) {
      // It is gone all the same.
    }
  }
}
