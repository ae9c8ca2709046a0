package dev.weft.runtime.derp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.derp.ServerInfo;
import dev.weft.testkit.SeededEntropy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RegionLinkTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final RegionLink link = new RegionLink(new SeededEntropy(1)::fill);
  private final Recorder out = new Recorder();
  private long now = 100 * SECOND;

  @Test
  void theFirstPacketOpensTheConnectionAndWaitsForIt() {
    link.handleSend(now, frame(1), out);
    link.handleSend(now, frame(2), out);
    assertEquals(List.of("connect"), out.taken());

    connected();

    assertEquals(List.of("write 1", "write 2"), out.taken());
  }

  @Test
  void aQueueOfThirtyTwoLosesItsOldest() {
    for (int i = 0; i < 40; i++) {
      link.handleSend(now, frame(i), out);
    }

    connected();

    List<String> written = out.taken();
    assertEquals(33, written.size());
    assertEquals("write 8", written.get(1));
    assertEquals(8, link.dropped());
  }

  @Test
  void aHomeIsConnectedWithoutAPacketAndToldSo() {
    link.handleHome(now, true, out);
    connected();

    assertEquals(List.of("connect", "home"), out.taken());
  }

  @Test
  void aFormerHomeIsToldAndClosedWhenIdle() {
    link.handleHome(now, true, out);
    connected();
    out.taken();

    link.handleHome(now, false, out);
    assertEquals(List.of("not home"), out.taken());

    elapse(59);
    assertEquals(List.of(), out.taken());
    elapse(1);
    assertEquals(List.of("close idle"), out.taken());
    assertEquals(Long.MAX_VALUE, link.nextTimeout());
  }

  @Test
  void aHomeStaysWithoutPacketsAsLongAsTheRelayIsHeard() {
    link.handleHome(now, true, out);
    connected();
    out.taken();

    for (int i = 0; i < 10; i++) {
      elapse(65);
      link.handleFrame(now);
    }

    assertEquals(List.of(), out.taken());
    assertTrue(link.isConnected());
  }

  @Test
  void aRelayThatIsSilentForTwoMinutesIsGivenUpAndTriedAgain() {
    link.handleHome(now, true, out);
    connected();
    out.taken();

    elapse(120);
    assertEquals(List.of("close the relay was silent for two minutes"), out.taken());
    elapse(1);
    assertEquals(List.of("connect"), out.taken());
  }

  @Test
  void aRelayThatTakesNothingForFiveSecondsIsGivenUp() {
    link.handleHome(now, true, out);
    connected();
    link.handleWritable(now, false, out);
    link.handleSend(now, frame(1), out);
    out.taken();

    elapse(5);

    assertEquals(List.of("close the relay took nothing for five seconds"), out.taken());
  }

  @Test
  void aFullConnectionTakesTheQueueWhenItCanAgain() {
    link.handleHome(now, true, out);
    connected();
    out.taken();

    link.handleWritable(now, false, out);
    link.handleSend(now, frame(1), out);
    assertEquals(List.of(), out.taken());
    link.handleWritable(now, true, out);

    assertEquals(List.of("write 1"), out.taken());
  }

  @Test
  void attemptsGrowFiveSecondsApartAtMost() {
    link.handleHome(now, true, out);
    long last = 0;
    for (int i = 0; i < 12; i++) {
      assertEquals(List.of("connect"), out.taken());
      link.handleClosed(now);
      long wait = link.nextTimeout() - now;
      assertTrue(wait > 0 && wait <= RegionLink.MAX_BACKOFF_NANOS, "attempt " + i + ": " + wait);
      last = wait;
      now += wait;
      link.handleTimeout(now, out);
    }
    assertTrue(last >= RegionLink.MAX_BACKOFF_NANOS / 2);
  }

  @Test
  void aRelayThatFlapsIsNotRushed() {
    link.handleHome(now, true, out);
    long start = now;
    int connects = 0;
    while (now - start < 120 * SECOND) {
      connected();
      connects++;
      now += 3 * SECOND;
      link.handleClosed(now);
      now = link.nextTimeout();
      link.handleTimeout(now, out);
    }

    assertTrue(connects <= 120 / 5, "connected " + connects + " times in two minutes");
  }

  @Test
  void aConnectionThatLastedIsBackSoon() {
    link.handleHome(now, true, out);
    for (int i = 0; i < 6; i++) {
      link.handleClosed(now);
      now = link.nextTimeout();
      link.handleTimeout(now, out);
    }
    connected();
    elapse(20);
    link.handleClosed(now);

    assertTrue(link.nextTimeout() - now <= SECOND / 4);
  }

  @Test
  void whatNobodyWaitsForIsNotTriedAgain() {
    link.handleSend(now, frame(1), out);
    connected();
    out.taken();
    link.handleClosed(now);

    now = link.nextTimeout();
    link.handleTimeout(now, out);

    assertEquals(List.of(), out.taken());
    assertEquals(Long.MAX_VALUE, link.nextTimeout());
  }

  @Test
  void aRelayThatIsDownIsLeftWhenNobodySendsToItAnyMore() {
    link.handleSend(now, frame(1), out);

    long until = now + 61 * SECOND;
    while (link.nextTimeout() <= until || out.connectIsDue()) {
      if (out.connectIsDue()) {
        out.taken();
        link.handleClosed(now); // refused at once
      } else {
        now = link.nextTimeout();
        link.handleTimeout(now, out);
      }
    }

    assertEquals(Long.MAX_VALUE, link.nextTimeout());
    assertEquals(1, link.dropped());
  }

  @Test
  void aHomeThatIsDownIsTriedForEver() {
    link.handleHome(now, true, out);
    out.taken();
    link.handleSend(now, frame(1), out);
    for (int i = 0; i < 100; i++) {
      link.handleClosed(now);
      now = link.nextTimeout();
      link.handleTimeout(now, out);

      assertEquals(List.of("connect"), out.taken());
    }
  }

  @Test
  void whatWaitedTooLongIsNotSent() {
    link.handleSend(now, frame(1), out);
    now += 4 * SECOND;
    link.handleSend(now, frame(2), out);
    now += SECOND;
    out.taken();

    connected();

    assertEquals(List.of("write 2"), out.taken());
    assertEquals(1, link.dropped());
  }

  @Test
  void anotherNetworkMeansAnotherConnectionAtOnce() {
    link.handleHome(now, true, out);
    connected();
    out.taken();

    link.handleRebind(now, out);

    assertEquals(List.of("close the network changed", "connect"), out.taken());
  }

  @Test
  void aRegionThatIsNoMoreIsClosed() {
    link.handleSend(now, frame(1), out);
    out.taken();

    link.handleRemoved("the DERP map changed", out);

    assertEquals(List.of("close the DERP map changed"), out.taken());
    assertFalse(link.isConnected());
    assertEquals(1, link.dropped());
  }

  @Test
  void theRelaysAllowanceIsKept() {
    link.handleHome(now, true, out);
    link.handleConnected(now, new ServerInfo(2, 1000, 2000), out);
    out.taken();

    for (int i = 0; i < 4; i++) {
      link.handleSend(now, new byte[1000], out);
    }
    assertEquals(2, out.taken().size());
    assertEquals(2, link.dropped());

    elapse(1);
    link.handleSend(now, new byte[1000], out);
    assertEquals(1, out.taken().size());
  }

  private void connected() {
    link.handleConnected(now, ServerInfo.unlimited(), out);
  }

  /// Time passes, and the link is called when it asked to be.
  private void elapse(int seconds) {
    long until = now + seconds * SECOND;
    while (link.nextTimeout() <= until) {
      now = Math.max(now, link.nextTimeout());
      link.handleTimeout(now, out);
    }
    now = until;
  }

  private static byte[] frame(int number) {
    return new byte[] {(byte) number};
  }

  private static final class Recorder implements RegionLink.Output {
    private final List<String> calls = new ArrayList<>();

    boolean connectIsDue() {
      return calls.contains("connect");
    }

    List<String> taken() {
      List<String> taken = List.copyOf(calls);
      calls.clear();
      return taken;
    }

    @Override
    public void connect() {
      calls.add("connect");
    }

    @Override
    public void write(byte[] frame) {
      calls.add("write " + frame[0]);
    }

    @Override
    public void notePreferred(boolean isHome) {
      calls.add(isHome ? "home" : "not home");
    }

    @Override
    public void close(String reason) {
      calls.add("close " + reason);
    }
  }
}
