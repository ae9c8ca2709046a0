package dev.weft.runtime.socks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.socks.ProxyServer.Protocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A SOCKS5 client with its datagram socket over loopback; the dialer leads every destination to
/// one echo server.
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UdpAssociationTest {
  private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();
  private static final String WEB = "00000003" + "03" + "776562" + "1388"; // web:5000
  private static final String V6 = "00000004" + "fd7a115ca1e000000000000000000001" + "0007";

  private final NodeLoop loop = new NodeLoop();
  private final BlockingQueue<String> dialled = new LinkedBlockingQueue<>();
  private final BlockingQueue<Channel> opened = new LinkedBlockingQueue<>();
  private DatagramSocket server;
  private DatagramSocket client;
  private ProxyServer proxy;

  @BeforeEach
  void start() throws Exception {
    server = new DatagramSocket(0, LOCAL);
    client = new DatagramSocket(0, LOCAL);
    client.setSoTimeout(10_000);
    proxy =
        ProxyServer.listen(
            loop, new InetSocketAddress(LOCAL, 0), EnumSet.of(Protocol.SOCKS5), new EchoDialer());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
    client.close();
    loop.close();
  }

  @Test
  void datagramsGoToTheirDestinationAndAnswersNameIt() throws Exception {
    try (Socket control = connect()) {
      InetSocketAddress relay = associate(control, 0);
      assertEquals(LOCAL, relay.getAddress());
      send(relay, WEB, "one");
      assertEquals("web:5000", dialled.take());
      assertEquals("one", echoOne());
      assertEquals(WEB + hex("one"), receive());
      send(relay, WEB, "two");
      assertEquals("two", echoOne());
      assertEquals(WEB + hex("two"), receive());
      send(relay, V6, "three");
      assertTrue(dialled.take().endsWith(":7"));
      assertEquals("three", echoOne());
      assertEquals(V6 + hex("three"), receive());
      assertTrue(dialled.isEmpty(), "one channel for each destination");
    }
  }

  @Test
  void aLargeDatagramIsWhole() throws Exception {
    try (Socket control = connect()) {
      InetSocketAddress relay = associate(control, 0);
      String text = "x".repeat(60_000);
      send(relay, WEB, text);
      assertTrue(text.equals(echoOne()));
      assertTrue(receive().equals(WEB + hex(text)));
    }
  }

  @Test
  void theAssociationEndsWithItsConnection() throws Exception {
    Socket control = connect();
    InetSocketAddress relay = associate(control, 0);
    send(relay, WEB, "one");
    echoOne();
    receive();
    Channel target = opened.take();
    control.close();
    assertTrue(target.closeFuture().await(10, TimeUnit.SECONDS));
    // The port is free again: nothing listens there.
    while (true) {
      try (DatagramSocket _ = new DatagramSocket(relay.getPort(), LOCAL)) {
        break;
      } catch (java.net.BindException _) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void fragmentsAndGarbageAreDropped() throws Exception {
    try (Socket control = connect()) {
      InetSocketAddress relay = associate(control, 0);
      send(relay, "00000103" + "03776562" + "1388", "a fragment");
      send(relay, "00000002" + "03776562" + "1388", "an unknown kind of address");
      send(relay, "00010003" + "03776562" + "1388", "a reserved bit");
      send(relay, "00000003" + "03772062" + "1388", "a name with a space");
      send(relay, "00000003" + "ff", "a name that is longer than the datagram");
      send(relay, "00000003" + "03776562" + "0000", "no port");
      send(relay, "0000", "");
      send(relay, "00000001" + "64646464" + "0035", "a service address of the tailnet");
      send(relay, WEB, "sound");
      assertEquals("sound", echoOne());
      assertEquals("web:5000", dialled.take());
      assertTrue(dialled.isEmpty());
    }
  }

  @Test
  void onlyTheClientsOwnPortIsHeard() throws Exception {
    try (Socket control = connect();
        DatagramSocket other = new DatagramSocket(0, LOCAL)) {
      InetSocketAddress relay = associate(control, client.getLocalPort());
      byte[] bytes = HexFormat.of().parseHex(WEB + hex("forged"));
      other.send(new DatagramPacket(bytes, bytes.length, relay));
      send(relay, WEB, "own");
      assertEquals("own", echoOne());
      assertEquals(WEB + hex("own"), receive());
    }
  }

  @Test
  void aDestinationThatCannotBeDialledLosesItsDatagramsOnly() throws Exception {
    try (Socket control = connect()) {
      InetSocketAddress relay = associate(control, 0);
      send(relay, "00000003" + "07" + hex("unknown") + "1388", "lost");
      send(relay, WEB, "kept");
      assertEquals("kept", echoOne());
    }
  }

  @Test
  void theOldestDestinationMakesRoom() throws Exception {
    try (Socket control = connect()) {
      InetSocketAddress relay = associate(control, 0);
      for (int i = 0; i <= UdpAssociation.MAX_TARGETS; i++) {
        send(relay, "00000003" + "03" + "776562" + "%04x".formatted(1000 + i), "x");
        echoOne();
        receive();
      }
      Channel first = opened.take();
      assertTrue(first.closeFuture().await(10, TimeUnit.SECONDS));
      assertTrue(opened.take().isOpen());
    }
  }

  @Test
  void datagramsToAnAssociationThatIsGoneGoNowhere() throws Exception {
    client.setSoTimeout(200);
    try (Socket control = connect()) {
      associate(control, 0);
    }
    assertThrows(SocketTimeoutException.class, this::receive);
  }

  private final class EchoDialer implements Dialer {
    @Override
    public Future<Channel> dial(String host, int port, ChannelHandler handler) {
      throw new AssertionError("no connections here");
    }

    @Override
    public Future<Channel> dialDatagrams(String host, int port, ChannelHandler handler) {
      Promise<Channel> promise = loop.eventLoop().newPromise();
      if (host.equals("unknown")) {
        return promise.setFailure(new UnknownHostException(host));
      }
      dialled.add(host + ":" + port);
      ChannelFuture connected =
          new Bootstrap()
              .group(loop.eventLoop())
              .channel(loop.transport().datagramChannel())
              .handler(handler)
              .connect(server.getLocalSocketAddress());
      connected.addListener(_ -> {
        opened.add(connected.channel());
        promise.setSuccess(connected.channel());
      });
      return promise;
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(proxy.address().getAddress(), proxy.address().getPort());
    socket.getOutputStream().write(HexFormat.of().parseHex("050100"));
    assertArrayEquals(HexFormat.of().parseHex("0500"), socket.getInputStream().readNBytes(2));
    return socket;
  }

  private static InetSocketAddress associate(Socket control, int port) throws IOException {
    String request = "05030001" + "00000000" + "%04x".formatted(port);
    control.getOutputStream().write(HexFormat.of().parseHex(request));
    byte[] reply = control.getInputStream().readNBytes(10);
    assertEquals("05000001", HexFormat.of().formatHex(reply, 0, 4));
    return new InetSocketAddress(
        InetAddress.getByAddress(java.util.Arrays.copyOfRange(reply, 4, 8)),
        (reply[8] & 0xff) << 8 | reply[9] & 0xff);
  }

  private void send(InetSocketAddress relay, String header, String text) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(header + hex(text));
    client.send(new DatagramPacket(bytes, bytes.length, relay));
  }

  private String receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    client.receive(packet);
    return HexFormat.of().formatHex(packet.getData(), 0, packet.getLength());
  }

  /// Echoes the next datagram and returns it.
  private String echoOne() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    server.receive(packet);
    server.send(packet);
    return new String(packet.getData(), 0, packet.getLength(), US_ASCII);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(US_ASCII));
  }
}
