package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.derp.Frame;
import dev.weft.derp.Frame.PeerGone;
import dev.weft.derp.Frame.PeerPresent;
import dev.weft.keys.NodeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The link to another relay of the region, on a clock of the test's own.
class MeshLinkTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final NodeKey SELF = key(1);
  private static final NodeKey OTHER = key(2);

  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

  private final Random random = new Random(7);
  private final Entropy entropy = random::nextBytes;
  private final MeshLink link = new MeshLink(SELF, entropy);
  private final List<String> done = new ArrayList<>();
  private final MeshLink.Output out = recorder();
  private long now;

  @Test
  void itDialsAtOnceAndAsksWhoIsThere() {
    join();

    assertEquals(List.of("dial", "write WatchConns[]"), done);
    assertFalse(link.isWatching(), "it is not known yet whether we may");
    present(key(5), PeerPresent.REGULAR);
    assertTrue(link.isWatching());
    assertEquals(List.of("dial", "write WatchConns[]", "event Joined[]", "present 05"), done);
  }

  @Test
  void whoComesAndGoesIsToldOnce() {
    join();
    present(key(5), PeerPresent.REGULAR);
    present(key(5), PeerPresent.NOT_IDEAL);
    done.clear();

    gone(key(5), PeerGone.Reason.DISCONNECTED);
    gone(key(5), PeerGone.Reason.DISCONNECTED);
    gone(key(6), PeerGone.Reason.DISCONNECTED);

    assertEquals(List.of("gone 05"), done);
  }

  @Test
  void relaysAreNoClients() {
    join();
    present(SELF, PeerPresent.REGULAR);
    present(key(3), PeerPresent.MESH_PEER);

    assertTrue(link.isWatching());
    assertEquals(List.of("dial", "write WatchConns[]", "event Joined[]"), done);
  }

  @Test
  void thatAClientWasNotThereAMomentAgoChangesNothing() {
    join();
    present(key(5), PeerPresent.REGULAR);
    done.clear();

    gone(key(5), PeerGone.Reason.NOT_HERE);

    assertEquals(List.of(), done);
  }

  @Test
  void aLostConnectionTakesItsClientsAlongAndIsMadeAgain() {
    join();
    present(key(5), PeerPresent.REGULAR);
    present(key(6), PeerPresent.REGULAR);
    now += 60 * SECOND;
    done.clear();

    link.handleClosed(now, "the connection ended", out);

    assertEquals(List.of("gone 05", "gone 06", "event Lost[reason=the connection ended]"), done);
    long wait = link.nextTimeout() - now;
    assertTrue(SECOND <= wait && wait <= SECOND * 5 / 4, "it waited " + wait);
    done.clear();
    link.handleTimeout(now + wait - 1, out);
    assertEquals(List.of(), done);
    now += wait;
    join();
    present(key(6), PeerPresent.REGULAR);
    assertEquals(List.of("dial", "write WatchConns[]", "event Joined[]", "present 06"), done);
  }

  @Test
  void attemptsThatFailComeLessAndLessOftenAndAreToldOnce() {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      now = link.nextTimeout();
      link.handleTimeout(now, out);
      link.handleClosed(now, "refused", out);
      waits.add((link.nextTimeout() - now) / SECOND);
    }

    for (int i = 0; i < waits.size(); i++) {
      long least = Math.min(1L << i, 30);
      assertTrue(
          least <= waits.get(i) && waits.get(i) <= least * 5 / 4, "seconds waited: " + waits);
    }
    assertEquals(1, done.stream().filter("event Lost[reason=refused]"::equals).count());
  }

  @Test
  void aConnectionThatBreaksAtOnceEachTimeIsHeldBackToo() {
    for (int i = 0; i < 5; i++) {
      now = link.nextTimeout();
      join();
      present(key(5), PeerPresent.REGULAR);
      now += SECOND;
      link.handleClosed(now, "ended", out);
    }

    assertTrue(link.nextTimeout() - now >= 16 * SECOND, "it waits " + (link.nextTimeout() - now));
  }

  @Test
  void whoeverClosesInsteadOfTellingLikelyHasAnotherKey() {
    join();

    link.handleClosed(now, "the connection ended", out);

    assertTrue(done.getLast().contains("the same mesh key"), done.toString());
  }

  @Test
  void aRelayThatFallsSilentIsGivenUp() {
    join();
    present(key(5), PeerPresent.REGULAR);
    now += 100 * SECOND;
    link.handleFrame(now, new Frame.KeepAlive(), out);
    done.clear();

    now += 119 * SECOND;
    link.handleTimeout(now, out);
    assertEquals(List.of(), done);
    now += SECOND;
    link.handleTimeout(now, out);

    assertEquals(List.of("hangUp"), done);
  }

  @Test
  void aRelayThatIsOurselvesIsLeftForGood() {
    link.handleTimeout(now, out);
    link.handleReady(now, SELF, out);
    link.handleClosed(now, "ended", out);

    assertEquals(List.of("dial", "event Itself[]", "hangUp"), done);
    assertEquals(Long.MAX_VALUE, link.nextTimeout());
  }

  @Test
  void pingsAreAnsweredAndPacketsPassedOver() {
    join();
    done.clear();

    link.handleFrame(now, new Frame.Ping(42), out);
    link.handleFrame(now, new Frame.RecvPacket(key(9), Bytes.of((byte) 1)), out);

    assertEquals(List.of("write Pong[data=42]"), done);
  }

  @Test
  void itKeepsSoManyClientsAndNoMore() {
    join();
    present(key(5), PeerPresent.REGULAR);
    done.clear();
    byte[] raw = new byte[NodeKey.BYTES];
    for (int i = 0; i < MeshLink.MAX_CLIENTS + 100; i++) {
      raw[0] = 9;
      raw[1] = (byte) (i >> 16);
      raw[2] = (byte) (i >> 8);
      raw[3] = (byte) i;
      present(NodeKey.ofBytes(raw, 0), PeerPresent.REGULAR);
    }

    assertEquals(MeshLink.MAX_CLIENTS - 1, done.size());
  }

  private void join() {
    link.handleTimeout(now, out);
    link.handleReady(now, OTHER, out);
  }

  private void present(NodeKey client, int flags) {
    link.handleFrame(now, new PeerPresent(client, Endpoint.of(ADDRESS), flags), out);
  }

  private void gone(NodeKey client, PeerGone.Reason reason) {
    link.handleFrame(now, new PeerGone(client, reason), out);
  }

  private static NodeKey key(int n) {
    return new NodeKey(Bytes.fromHex("%02x".formatted(n).repeat(32)));
  }

  private MeshLink.Output recorder() {
    return new MeshLink.Output() {
      @Override
      public void dial() {
        done.add("dial");
      }

      @Override
      public void write(Frame frame) {
        done.add("write " + frame);
      }

      @Override
      public void hangUp() {
        done.add("hangUp");
      }

      @Override
      public void present(NodeKey client) {
        done.add("present " + client.raw().toHex().substring(0, 2));
      }

      @Override
      public void gone(NodeKey client) {
        done.add("gone " + client.raw().toHex().substring(0, 2));
      }

      @Override
      public void event(MeshLink.Event event) {
        done.add("event " + event);
      }
    };
  }
}
