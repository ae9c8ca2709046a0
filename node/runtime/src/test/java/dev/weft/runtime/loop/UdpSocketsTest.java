package dev.weft.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.runtime.host.BatchReceiver;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class UdpSocketsTest {
  private static final Ip LOOPBACK = Ip.parse("127.0.0.1");

  private record Received(Endpoint from, Bytes bytes, int segmentSize) {
    static Received copy(Endpoint from, Datagrams d) {
      return new Received(from, Bytes.of(bytesOf(d)), d.segmentSize());
    }
  }

  private static final String NO_EPOLL = "no epoll, or no native access: Linux x86-64 has both";

  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private NodeLoop loop = new NodeLoop();

  @AfterEach
  void close() {
    loop.close();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aBatchArrivesWholeAndInOrder(Transport transport) throws Exception {
    Assumptions.assumeTrue(
        transport == Transport.NIO || Transport.best() == Transport.EPOLL, NO_EPOLL);
    use(transport);
    UdpSockets a = bind(0);
    UdpSockets b = bind(0);
    byte[] bytes = new byte[40 * 1232 + 100];
    new Random(7).nextBytes(bytes);
    send(a, b, Segments.of(bytes, 0, bytes.length, 1232));

    byte[] arrived = new byte[0];
    int batches = 0;
    while (arrived.length < bytes.length) {
      Received next = next();
      assertEquals(a.port4().orElseThrow(), next.from().port());
      assertEquals(1232, next.segmentSize() > 100 ? next.segmentSize() : 1232);
      arrived = concat(arrived, next.bytes().toArray());
      batches++;
    }
    assertArrayEquals(bytes, arrived);
    assertEquals(41, b.counters().receivedDatagrams());
    if (transport == Transport.EPOLL) {
      assertTrue(
          batches <= 4,
          "receive offload should keep the batch together, got " + batches + " pieces");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aBatchWrittenToASendBufferArrives(Transport transport) throws Exception {
    Assumptions.assumeTrue(
        transport == Transport.NIO || Transport.best() == Transport.EPOLL, NO_EPOLL);
    use(transport);
    UdpSockets a = bind(0);
    UdpSockets b = bind(0);
    byte[] bytes = new byte[60 * 1000 + 10];
    new Random(8).nextBytes(bytes);
    loop.call(() -> {
      SendBuffer buffer = SendBuffer.allocate(bytes.length);
      MemorySegment.copy(bytes, 0, buffer.memory(), ValueLayout.JAVA_BYTE, 0, bytes.length);
      a.send(endpoint(b), buffer, Datagrams.of(buffer.memory(), 0, bytes.length, 1000));
      return null;
    });
    byte[] arrived = new byte[0];
    while (arrived.length < bytes.length) {
      arrived = concat(arrived, next().bytes().toArray());
    }
    assertArrayEquals(bytes, arrived);
    assertEquals(61, a.counters().sentDatagrams());
    assertEquals(61, b.counters().receivedDatagrams());
  }

  @Test
  void aBatchThatIsKeptIsNotOverwritten() throws Exception {
    Assumptions.assumeTrue(
        Transport.best() == Transport.EPOLL && BatchReceiver.isAvailable(), NO_EPOLL);
    UdpSockets a = bind(0);
    List<Datagrams> kept = new CopyOnWriteArrayList<>();
    AtomicReference<UdpSockets> receiving = new AtomicReference<>();
    UdpSockets b =
        UdpSockets.bind(
            loop,
            LOOPBACK,
            null,
            0,
            (from, batch) -> {
              MemorySegment spare = UdpSockets.allocateSpare();
              // The second of two batches that came into one memory cannot be kept.
              if (receiving.get().exchange(batch.memory(), spare)) {
                kept.add(batch);
              }
              received.add(Received.copy(from, batch));
            });
    receiving.set(b);
    for (int i = 1; i <= 20; i++) {
      byte[] bytes = new byte[i % 3 == 0 ? 300 : 20 * 1000];
      Arrays.fill(bytes, (byte) i);
      send(a, b, Segments.of(bytes, 0, bytes.length, Math.min(bytes.length, 1000)));
    }
    int total = 0;
    while (total < 14 * 20_000 + 6 * 300) {
      total += next().bytes().length();
    }
    assertTrue(kept.size() > 5, kept.size() + " kept");
    int last = 0;
    for (Datagrams batch : kept) {
      byte[] bytes = bytesOf(batch);
      assertTrue(bytes[0] >= last, "in order");
      last = bytes[0];
      for (byte each : bytes) {
        assertEquals(bytes[0], each);
      }
    }
  }

  @Test
  void aShorterDatagramEndsItsBatch() throws Exception {
    UdpSockets a = bind(0);
    UdpSockets b = bind(0);
    loop.call(() -> {
      a.send(endpoint(b), Segments.single(new byte[300], 0, 300));
      a.send(endpoint(b), Segments.single(new byte[200], 0, 200));
      a.send(endpoint(b), Segments.single(new byte[200], 0, 200));
      a.send(endpoint(b), Segments.single(new byte[400], 0, 400));
      return null;
    });
    int total = 0;
    while (total < 1100) {
      Received next = next();
      int last = next.bytes().length() % next.segmentSize();
      assertTrue(last == 0 || last < next.segmentSize());
      total += next.bytes().length();
    }
    assertEquals(1100, total);
    assertEquals(4, b.counters().receivedDatagrams());
  }

  @Test
  void bothFamiliesShareThePort() throws Exception {
    Assumptions.assumeTrue(Transport.best() == Transport.EPOLL, NO_EPOLL);
    UdpSockets both =
        UdpSockets.bind(
            loop,
            LOOPBACK,
            Ip.parse("::1"),
            0,
            (from, batch) -> received.add(Received.copy(from, batch)));
    Assumptions.assumeTrue(both.port6().isPresent(), "this machine has no IPv6");
    assertEquals(both.port4(), both.port6());
    loop.call(() -> {
      both.send(
          new Endpoint(Ip.parse("::1"), both.port6().orElseThrow()),
          Segments.single(new byte[] {6}, 0, 1));
      return null;
    });
    assertEquals("[::1]:" + both.port6().orElseThrow(), next().from().toString());
  }

  @Test
  void aTakenPortIsReportedForTheUser() throws Exception {
    int taken = bind(0).port4().orElseThrow();
    IOException e = assertThrows(IOException.class, () -> bind(taken));
    assertEquals(
        "UDP port "
            + taken
            + " is taken by java (pid "
            + ProcessHandle.current().pid()
            + "); choose another with --port, or --port=0 for any free one",
        e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(classes = {IOException.class, IllegalStateException.class})
  void aSocketThatCannotBeReadLeavesItsPort(Class<? extends Exception> failure) throws Exception {
    Assumptions.assumeTrue(Transport.best() == Transport.EPOLL, NO_EPOLL);
    int port;
    try (DatagramSocket free = new DatagramSocket(0, LOOPBACK.toInetAddress())) {
      port = free.getLocalPort();
    }
    UdpCounters counters = new UdpCounters();
    UdpSocket.Reading unreadable =
        new UdpSocket.Reading(
            new DatagramBatcher((_, _) -> {}, counters),
            _ -> {
              if (failure == IOException.class) {
                throw new IOException("refused");
              }
              throw new IllegalStateException("refused");
            });
    assertThrows(
        failure,
        () ->
            UdpSocket.bind(
                loop,
                SocketProtocolFamily.INET,
                new InetSocketAddress(LOOPBACK.toInetAddress(), port),
                unreadable,
                counters));
    assertEquals(port, bind(port).port4().orElseThrow());
  }

  /// What is told to watch a file refuses, after everything else has been done.
  @Test
  void aDescriptorThatCannotBeWatchedIsNotKept(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(
        Transport.best() == Transport.EPOLL && BatchReceiver.isAvailable(), NO_EPOLL);
    Path file = Files.createFile(folder.resolve("file")).toRealPath();
    FileDescriptor descriptor = FileDescriptor.from(file.toFile());
    try {
      assertThrows(
          IOException.class,
          () ->
              UdpReceiver.open(
                  loop.eventLoop(),
                  descriptor.intValue(),
                  new ReceiveMemory(),
                  (_, _) -> {},
                  new UdpCounters()));
      loop.call(() -> null); // which comes after the end of what was begun
      assertEquals(1, descriptorsOf(file));
    } finally {
      descriptor.close();
    }
  }

  private static int descriptorsOf(Path file) throws IOException {
    int count = 0;
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path link : open) {
        try {
          count += Files.readSymbolicLink(link).equals(file) ? 1 : 0;
        } catch (NoSuchFileException _) {
          // It was closed meanwhile.
        }
      }
    }
    return count;
  }

  @Test
  void whatTheSocketDoesNotTakeIsDroppedAndCounted() throws Exception {
    UdpSockets a = bind(0);
    byte[] batch = new byte[44 * 1400];
    loop.call(() -> {
      for (int i = 0; i < 200; i++) { // 12 MB in one turn of the loop, before any flush
        a.send(new Endpoint(LOOPBACK, 9), Segments.of(batch, 0, batch.length, 1400));
      }
      return null;
    });
    assertTrue(a.counters().sendBufferFull() > 0);
    assertEquals(200 * 44, a.counters().sentDatagrams() + a.counters().sendBufferFull());
  }

  @Test
  void aFamilyWithoutSocketIsCounted() throws Exception {
    UdpSockets a = bind(0);
    loop.call(() -> {
      a.send(new Endpoint(Ip.parse("::1"), 9), Segments.single(new byte[1], 0, 1));
      return null;
    });
    assertEquals(1, a.counters().noSocket());
  }

  private UdpSockets bind(int port) throws IOException, InterruptedException {
    return UdpSockets.bind(
        loop, LOOPBACK, null, port, (from, batch) -> received.add(Received.copy(from, batch)));
  }

  private void use(Transport transport) {
    loop.close();
    loop = new NodeLoop(transport);
  }

  private void send(UdpSockets from, UdpSockets to, Segments batch) throws InterruptedException {
    loop.call(() -> {
      from.send(endpoint(to), batch);
      return null;
    });
  }

  private static Endpoint endpoint(UdpSockets sockets) {
    return new Endpoint(LOOPBACK, sockets.port4().orElseThrow());
  }

  private Received next() throws InterruptedException {
    Received next = received.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing arrived");
    }
    return next;
  }

  private static byte[] bytesOf(Datagrams d) {
    return d.memory().asSlice(d.offset(), d.length()).toArray(ValueLayout.JAVA_BYTE);
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
