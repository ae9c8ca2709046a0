package dev.weft.load;

import dev.weft.tailcfg.MapResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Nodes that have joined and hold their streams. One whose stream ends opens another, as a node
/// does; that is counted.
final class Fleet implements AutoCloseable {
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);
  private static final long FIRST_MAP_SECONDS = 60;

  private final Wire wire;
  private final MapDecoder decoder;
  private final Reader reader;
  private final Admission admission;
  private final AtomicInteger streamsLost = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /// How nodes get in.
  ///
  /// @param ephemeral whether a node is gone when it leaves
  /// @param homeRegion the relay that nodes say they use
  record Admission(String authKey, boolean ephemeral, int homeRegion) {
    @Override
    public String toString() {
      return "Admission[ephemeral=" + ephemeral + "]";
    }
  }

  /// Takes what nodes are told.
  interface Reader {
    void read(int node, MapResponse message, long atNanos);
  }

  Fleet(Wire wire, MapDecoder decoder, Admission admission, Reader reader) {
    this.wire = wire;
    this.decoder = decoder;
    this.admission = admission;
    this.reader = reader;
  }

  /// Brings one node in: returns once it has its first map.
  Member join(int number) throws IOException, InterruptedException {
    SimulatedNode node = new SimulatedNode(number, wire, addressOf(number), admission.homeRegion());
    try {
      node.register(admission.authKey(), admission.ephemeral());
      Member member = new Member(node);
      member.thread.start();
      Session.await(member.first, FIRST_MAP_SECONDS);
      return member;
    } catch (IOException | InterruptedException e) {
      node.close();
      throw e;
    }
  }

  /// Of its own on loopback, so that what a server grants one address is not shared by all.
  private @Nullable InetAddress addressOf(int number) throws IOException {
    if (!wire.server().address().getAddress().isLoopbackAddress()
        || wire.server().address().getAddress().getAddress().length != 4) {
      return null;
    }
    int host = 1 + number % 60_000;
    return InetAddress.getByAddress(new byte[] {127, 1, (byte) (host >> 8), (byte) host});
  }

  /// Streams that ended although nobody wanted that.
  int streamsLost() {
    return streamsLost.get();
  }

  /// Why streams ended, the last few.
  String complaints() {
    return String.join("; ", complaints);
  }

  private void complain(@Nullable String why) {
    streamsLost.incrementAndGet();
    complaints.add(String.valueOf(why));
    while (complaints.size() > 5) {
      complaints.poll();
    }
  }

  /// Lets go of all streams; the server still knows the nodes.
  @Override
  public void close() {
    closed = true;
  }

  /// A node that is in.
  final class Member implements AutoCloseable {
    private final SimulatedNode node;
    private final Thread thread;
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private volatile boolean leaving;

    private Member(SimulatedNode node) {
      this.node = node;
      this.thread = Thread.ofVirtual().name("node-" + node.number()).unstarted(this::hold);
    }

    int number() {
      return node.number();
    }

    void moveTo(String endpoint) throws IOException, InterruptedException {
      node.moveTo(endpoint);
    }

    /// Logs out.
    void leave() throws IOException, InterruptedException {
      leaving = true;
      try {
        node.logout();
      } finally {
        close();
      }
    }

    private void hold() {
      try {
        while (!leaving && !closed) {
          holdOnce();
          if (!leaving && !closed) {
            TimeUnit.NANOSECONDS.sleep(AGAIN_AFTER.toNanos());
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void holdOnce() throws InterruptedException {
      FrameCutter cutter =
          new FrameCutter(frame -> {
            decoder.decode(frame, System.nanoTime(), this::read);
          });
      try {
        Session.await(node.openStream(cutter), Long.MAX_VALUE);
        throw new IOException("the server ended the stream");
      } catch (IOException e) {
        first.completeExceptionally(e);
        if (!leaving && !closed) { // else the answer to the logout may be on its way
          node.close();
          complain(e.getMessage());
        }
      }
    }

    private void read(MapResponse message, long atNanos) {
      if (message.node() != null) {
        first.complete(null);
      }
      reader.read(node.number(), message, atNanos);
    }

    /// Goes without a word.
    @Override
    public void close() {
      leaving = true;
      thread.interrupt();
      node.close();
    }
  }
}
