package dev.weft.runtime.derp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import dev.weft.derp.Frame;
import dev.weft.derp.Frame.PeerGone;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.transport.proxy.Uplink;
import dev.weft.transport.tls.SystemTrust;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A node's DERP side against relays that do what they should not.
@Timeout(60)
class HostileRelayTest implements DerpListener {
  private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
  private static final NodeKey PEER = new NodeKey(Bytes.fromHex("77".repeat(32)));
  private static final int REGION = 900;

  @TempDir Path folder;

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<Object> sent = new LinkedBlockingQueue<>();
  private final NodeLoop loop = new NodeLoop();
  private final DerpClients clients =
      new DerpClients(
          loop,
          NodePrivateKey.generate(ENTROPY),
          ENTROPY,
          Uplink.direct(SystemTrust.of(List.of())),
          this);
  private FakeRelay relay;

  @AfterEach
  void stop() throws Exception {
    loop.call(() -> {
      clients.close();
      return true;
    });
    loop.close();
    relay.close();
  }

  @Test
  void framesOutOfPlaceChangeNothing() throws Exception {
    byte[] unknown = new byte[5 + (1 << 20)];
    unknown[0] = 0x7f;
    unknown[2] = 0x10;
    connect(channel -> {
      for (Frame frame :
          new Frame[] {
            new Frame.ServerKey(PEER),
            new Frame.SealedServerInfo(Bytes.of(new byte[24]), Bytes.of(new byte[40])),
            new Frame.SealedClientInfo(PEER, Bytes.of(new byte[24]), Bytes.of(new byte[40])),
            new Frame.SendPacket(PEER, text("not for you")),
            new Frame.ForwardPacket(PEER, PEER, text("nor this")),
            new Frame.NotePreferred(true),
            new Frame.WatchConns(),
            new Frame.ClosePeer(PEER),
            new Frame.PeerPresent(PEER, null, 0),
            new Frame.Restarting(0, 0xffff_ffffL),
            new Frame.Pong(1),
            new Frame.KeepAlive(),
          }) {
        channel.write(Unpooled.wrappedBuffer(frame.encode()));
      }
      channel.write(Unpooled.wrappedBuffer(unknown));
      channel.write(new Frame.RecvPacket(PEER, text("for you")));
      channel.writeAndFlush(new Frame.Ping(5));
    });

    expect("connected 900");
    expect("packet for you");
    assertEquals(new Frame.Pong(5), nextSent());
    assertTrue(loop.call(() -> clients.isConnected(REGION)));
  }

  @Test
  void whatARelaySaysIsWrongReachesNoTerminalAsControlCharacters() throws Exception {
    connect(channel ->
        channel.writeAndFlush(new Frame.Health("x\u001b[2J\u0007\u202ey" + "z".repeat(60_000))));

    expect("connected 900");
    String health = next();
    assertTrue(health.startsWith("health x[2Jy"), health);
    assertTrue(health.length() <= 520);
  }

  @Test
  void garbageEndsTheConnectionAndNothingOfItIsHandedOn() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] garbage = new byte[100_000];
    random.nextBytes(garbage);
    // Longer than any frame may be, so that it is no frame to pass over.
    garbage[1] = (byte) 0xff;
    connect(channel -> channel.writeAndFlush(Unpooled.wrappedBuffer(garbage)));

    expect("connected 900");
    assertTrue(next().startsWith("disconnected 900"), "seed " + seed);
    expect("connected 900");
  }

  @Test
  void aFrameThatIsCutOffIsNotHandedOn() throws Exception {
    byte[] frame = new Frame.RecvPacket(PEER, Bytes.of(new byte[1000])).encode();
    connect(channel ->
        channel
            .writeAndFlush(Unpooled.wrappedBuffer(frame, 0, 900))
            .addListener(_ -> channel.close()));

    expect("connected 900");
    assertTrue(next().startsWith("disconnected 900"));
  }

  @Test
  void pingsThatNobodyReadsTheAnswersOfHoldNothingUp() throws Exception {
    ByteBuf pings = Unpooled.buffer();
    for (int i = 0; i < 1000; i++) {
      pings.writeBytes(new Frame.Ping(i).encode());
    }
    connect(channel -> {
      channel.config().setAutoRead(false);
      for (int i = 0; i < 500; i++) {
        channel.write(pings.retainedDuplicate());
      }
      channel.writeAndFlush(new Frame.RecvPacket(PEER, text("still there?")));
    });

    expect("connected 900");
    expect("packet still there?");
    pings.release();
  }

  @Test
  void aFloodIsHandedOnInOrderAndTheNodeStillSends() throws Exception {
    int count = 50_000;
    connect(channel -> {
      for (int i = 0; i < count; i++) {
        channel.write(new Frame.RecvPacket(PEER, text("p" + i)));
      }
      channel.flush();
    });
    expect("connected 900");
    byte[] bytes = {1, 2, 3};
    loop.call(() -> {
      clients.send(REGION, PEER, bytes, 0, bytes.length);
      return true;
    });
    for (int i = 0; i < count; i++) {
      expect("packet p" + i);
    }
    assertTrue(nextSent() instanceof String text && text.equals("packet 3"));
    assertFalse(sent.contains("packet 3"));
  }

  private void connect(Consumer<Channel> conduct) throws Exception {
    relay =
        FakeRelay.start(
            folder,
            new FakeRelay.Conduct() {
              @Override
              public void onClient(NodeKey client, Channel channel) {
                conduct.accept(channel);
              }

              @Override
              public void onPacket(NodeKey client, ByteBuf frame) {
                sent.add("packet " + (frame.readableBytes() - 37));
              }

              @Override
              public void onFrame(NodeKey client, Object frame) {
                if (!(frame instanceof Frame.NotePreferred)) {
                  sent.add(frame);
                }
              }
            });
    loop.call(() -> {
      clients.useMap(relay.map(REGION));
      clients.home(REGION);
      return true;
    });
  }

  private String next() throws InterruptedException {
    String event = events.poll(20, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("nothing happened");
    }
    return event;
  }

  private void expect(String event) throws InterruptedException {
    assertEquals(event, next());
  }

  private Object nextSent() throws InterruptedException {
    Object next = sent.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was sent");
    }
    return next;
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void onPacket(int region, NodeKey source, byte[] array, int offset, int length) {
    assertEquals(PEER, source);
    events.add("packet " + new String(array, offset, length, StandardCharsets.UTF_8));
  }

  @Override
  public void onConnected(int region) {
    events.add("connected " + region);
  }

  @Override
  public void onDisconnected(int region, String reason) {
    events.add("disconnected " + region + " " + reason);
  }

  @Override
  public void onConnectFailed(int region, String reason) {
    events.add("failed " + region + " " + reason);
  }

  @Override
  public void onPeerGone(int region, NodeKey peer, PeerGone.Reason reason) {
    events.add("gone " + peer.shortString());
  }

  @Override
  public void onHealth(int region, String problem) {
    events.add("health " + problem);
  }
}
