package dev.weft.netstack;

import static dev.weft.netstack.Script.MILLI;
import static dev.weft.packet.TcpView.ACK;
import static dev.weft.packet.TcpView.FIN;
import static dev.weft.packet.TcpView.RST;
import static dev.weft.packet.TcpView.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The rules of RFC 9293, RFC 5961 and RFC 7323, segment by segment.
final class TcpRulesTest {
  private static final long SECOND = 1_000 * MILLI;

  // Opening.

  @Test
  void aSynIsAnsweredWithTheOptionsThatWereOffered() {
    Script s = new Script();
    s.listen();
    s.send(
        SYN,
        "",
        w -> {
          w.mss(1400);
          w.sackPermitted();
          w.timestamps(77, 0);
          w.windowScale(7);
        });
    Script.Sent synAck = s.next();
    assertEquals(SYN | ACK, synAck.flags());
    assertEquals(s.seq + 1, synAck.ack());
    assertEquals(1240, synAck.mss());
    assertEquals(8, synAck.scale());
    assertTrue(synAck.sackPermitted());
    assertEquals(77, synAck.echo());
    assertFalse(s.app.connected);
  }

  @Test
  void aSynWithoutOptionsGetsNone() {
    Script s = new Script();
    s.listen();
    s.send(SYN, "");
    Script.Sent synAck = s.next();
    assertEquals(-1, synAck.scale());
    assertFalse(synAck.sackPermitted());
    s.seq++;
    s.ack = synAck.seq() + 1;
    s.send(ACK, "");
    s.app.send(new byte[2000]);
    s.flush();
    assertEquals(536, s.next().length());
  }

  @Test
  void aClosedPortResets() {
    Script s = new Script();
    s.send(SYN, "");
    Script.Sent reset = s.next();
    assertEquals(RST | ACK, reset.flags());
    assertEquals(s.seq + 1, reset.ack());
    s.ack = 4711;
    s.send(ACK, "hello");
    reset = s.next();
    assertEquals(RST, reset.flags());
    assertEquals(4711, reset.seq());
    s.send(RST, "");
    assertTrue(s.sent.isEmpty());
  }

  @Test
  void aLostSynAckIsSentAgainAndGivenUpAfterAMinute() {
    Script s = new Script();
    s.listen();
    s.send(SYN, "");
    s.next();
    s.advance(SECOND);
    assertEquals(SYN | ACK, s.next().flags());
    s.send(SYN, "");
    assertEquals(SYN | ACK, s.next().flags());
    s.advance(120 * SECOND);
    assertEquals(0, s.stack.connections());
    assertTrue(s.sent.size() < 6, s.sent.size() + " more");
  }

  @Test
  void aSynSentIsRefusedByAResetThatAcknowledgesItOnly() {
    Script s = new Script();
    Peer client = s.connectOut();
    Script.Sent syn = s.next();
    s.ack = syn.seq() + 5;
    s.send(RST | ACK, "");
    assertNull(client.closed);
    s.send(SYN | ACK, "");
    assertEquals(RST, s.next().flags());
    s.ack = syn.seq() + 1;
    s.send(RST | ACK, "");
    assertEquals(CloseReason.REFUSED, client.closed);
  }

  @Test
  void aPeerThatDoesNotLetUsInFailsTheConnectButNoConnection() {
    Script s = new Script();
    Peer client = s.connectOut();
    Endpoint here = client.socket.local();
    s.stack.reject(new Endpoint(here.ip(), here.port() + 1), client.socket.remote());
    s.flush();
    assertNull(client.closed);
    s.stack.reject(here, client.socket.remote());
    s.flush();
    assertEquals(CloseReason.PROHIBITED, client.closed);
    Script other = Script.established();
    other.stack.reject(other.app.socket.local(), other.app.socket.remote());
    other.flush();
    assertNull(other.app.closed);
  }

  @Test
  void aSimultaneousOpenIsOneConnection() {
    Script s = new Script();
    Peer client = s.connectOut();
    Script.Sent syn = s.next();
    s.send(SYN, "");
    Script.Sent synAck = s.next();
    assertEquals(SYN | ACK, synAck.flags());
    assertEquals(syn.seq(), synAck.seq());
    s.ack = syn.seq() + 1;
    s.send(SYN | ACK, "");
    assertTrue(client.connected);
    assertEquals(ACK, s.next().flags());
  }

  @Test
  void initialNumbersOfTwoConnectionsAreUnrelated() {
    Script s = new Script();
    s.listen();
    s.send(SYN, "");
    int first = s.next().seq();
    s.peerPort++;
    s.send(SYN, "");
    assertTrue(Math.abs(s.next().seq() - first) > 1000);
  }

  // Blind attacks: RFC 5961.

  @Test
  void onlyAResetWithTheExactNumberResets() {
    Script s = Script.established();
    s.seq += 10;
    s.send(RST, "");
    assertEquals(ACK, s.next().flags());
    assertNull(s.app.closed);
    s.seq -= 10;
    s.send(RST, "");
    assertEquals(CloseReason.RESET, s.app.closed);
    assertEquals(0, s.stack.connections());
  }

  @Test
  void aSynInAnEstablishedConnectionIsChallenged() {
    Script s = Script.established();
    s.send(SYN, "");
    Script.Sent challenge = s.next();
    assertEquals(ACK, challenge.flags());
    assertEquals(s.seq, challenge.ack());
    assertNull(s.app.closed);
  }

  @Test
  void anAcknowledgmentOfNothingIsChallengedAndItsTextIgnored() {
    Script s = Script.established();
    s.ack += 100_000;
    s.send(ACK, "forged");
    assertEquals(ACK, s.next().flags());
    assertEquals(0, s.app.receivedBytes);
  }

  @Test
  void challengesAreLimited() {
    Script s = Script.established();
    for (int i = 0; i < 100; i++) {
      s.send(SYN, "");
    }
    assertEquals(10, s.sent.size());
  }

  // Text.

  @Test
  void textOutOfOrderIsReportedAndDeliveredInOrder() {
    Script s = Script.established();
    int start = s.seq;
    s.seq = start + 3;
    s.send(ACK, "def");
    Script.Sent hole = s.next();
    assertEquals(start, hole.ack());
    assertEquals(List.of(start + 3, start + 6), hole.sack());
    s.seq = start + 9;
    s.send(ACK, "jkl");
    assertEquals(List.of(start + 9, start + 12, start + 3, start + 6), s.next().sack());
    s.seq = start;
    s.send(ACK, "abc");
    assertEquals(start + 6, s.next().ack());
    s.seq = start + 6;
    s.send(ACK, "ghi");
    assertEquals(start + 12, s.next().ack());
    assertEquals("abcdefghijkl", s.text());
  }

  @Test
  void textThatComesTwiceIsReportedAsDuplicate() {
    Script s = Script.established();
    int start = s.seq;
    s.text("abc");
    s.next();
    s.seq = start;
    s.send(ACK, "abc");
    Script.Sent duplicate = s.next();
    assertEquals(List.of(start, start + 3), duplicate.sack());
    assertEquals("abc", s.text());
  }

  @Test
  void overlappingTextIsDeliveredOnce() {
    Script s = Script.established();
    int start = s.seq;
    s.send(ACK, "abcd");
    s.seq = start + 2;
    s.send(ACK, "cdef");
    assertEquals("abcdef", s.text());
  }

  @Test
  void aFinAheadOfAHoleCountsWhenTheHoleIsFilled() {
    Script s = Script.established();
    int start = s.seq;
    s.seq = start + 3;
    s.send(ACK | FIN, "def");
    assertFalse(s.app.ended);
    s.seq = start;
    s.send(ACK, "abc");
    assertTrue(s.app.ended);
    assertEquals("abcdef", s.text());
    s.next();
    assertEquals(start + 7, s.next().ack());
  }

  @Test
  void everySecondFullSegmentIsAcknowledgedAtOnceAndALoneOneLater() {
    Script s = Script.established();
    String full = "x".repeat(1220);
    for (int i = 0; i < 20; i++) {
      s.text(full); // The start of a stream is acknowledged eagerly.
    }
    s.sent.clear();
    s.text("lone");
    assertTrue(s.sent.isEmpty());
    s.advance(41 * MILLI);
    assertEquals(s.seq, s.next().ack());
    s.text(full);
    assertTrue(s.sent.isEmpty());
    s.text(full);
    assertEquals(s.seq, s.next().ack());
  }

  // Flow control.

  @Test
  void theWindowClosesWhenNobodyReadsAndOpensWhenSomebodyDoes() {
    Script s = Script.established();
    s.app.paused = true;
    String full = "x".repeat(1220);
    int edge = 0;
    for (int i = 0; i < 1000; i++) {
      s.text(full);
      while (!s.sent.isEmpty()) {
        edge = s.next().window() << 8;
      }
      if (edge == 0) {
        break;
      }
    }
    assertEquals(0, edge);
    assertTrue(s.stack.bufferBytes() <= 1 << 19, s.stack.bufferBytes() + " bytes");
    s.send(ACK, "y"); // A window probe with a byte.
    assertEquals(0, s.next().window());
    s.app.resume();
    s.flush();
    assertTrue(s.next().window() << 8 > 200_000);
  }

  @Test
  void aClosedWindowIsProbedUntilItOpens() {
    Script s = Script.established();
    s.window = 0;
    s.send(ACK, "");
    s.app.send("hello".getBytes(StandardCharsets.US_ASCII));
    s.flush();
    assertTrue(s.sent.isEmpty());
    s.advance(SECOND);
    Script.Sent probe = s.next();
    assertEquals(0, probe.length());
    assertEquals(s.iss, probe.seq());
    int probes = 0;
    for (int minute = 0; minute < 60; minute++) {
      s.send(ACK, ""); // Still closed, but alive: this goes on for as long as it takes.
      s.advance(60 * SECOND);
      probes += s.sent.size();
      s.sent.clear();
    }
    assertTrue(probes >= 60 && probes < 80, probes + " probes in an hour");
    s.window = 1000;
    s.send(ACK, "");
    assertEquals("hello", s.next().text());
  }

  @Test
  void aSliverOfWindowIsNotFilledAtOnce() {
    Script s = Script.established();
    s.window = 10;
    s.send(ACK, "");
    s.app.send(new byte[1000]);
    s.flush();
    assertTrue(s.sent.isEmpty());
    s.advance(2 * SECOND);
    assertEquals(10, s.next().length());
  }

  @Test
  void nagleHoldsASmallWriteWhileAnotherIsUnacknowledged() {
    Script s = Script.established();
    s.app.socket.setNoDelay(false);
    s.app.send(new byte[] {1});
    s.flush();
    assertEquals(1, s.next().length());
    s.app.send(new byte[] {2});
    s.app.send(new byte[] {3});
    s.flush();
    assertTrue(s.sent.isEmpty());
    s.ack++;
    s.send(ACK, "");
    assertEquals(2, s.next().length());
  }

  // Loss.

  @Test
  void theInitialWindowIsTenSegments() {
    Script s = Script.established();
    s.app.send(new byte[100_000]);
    s.flush();
    assertEquals(10, s.sent.size());
  }

  @Test
  void theTimeoutDoublesAndSendsTheFirstSegmentAgain() {
    Script s = Script.established();
    s.app.send(new byte[100]);
    s.flush();
    s.next();
    List<Long> times = new ArrayList<>();
    long start = s.now;
    while (times.size() < 6) {
      s.advance(10 * MILLI);
      if (!s.sent.isEmpty()) {
        assertEquals(s.iss + 1, s.next().seq());
        times.add((s.now - start) / MILLI);
      }
    }
    // The first is a tail loss probe.
    for (int i = 3; i < times.size(); i++) {
      double ratio =
          (double) (times.get(i) - times.get(i - 1)) / (times.get(i - 1) - times.get(i - 2));
      assertTrue(ratio > 1.8 && ratio < 2.2, times.toString());
    }
  }

  @Test
  void aHoleReportedBySackIsFilledWithoutATimeout() {
    Script s = Script.established();
    s.app.send(new byte[12_200]);
    s.flush();
    assertEquals(10, s.sent.size());
    s.sent.clear();
    s.now += 10 * MILLI;
    int una = s.ack;
    s.send(ACK, "", w -> w.sack(new int[] {una + 1220, una + 4 * 1220}, 1));
    Script.Sent again = s.next();
    assertEquals(una, again.seq());
    assertEquals(1220, again.length());
  }

  @Test
  void aSilentPeerIsGivenUp() {
    Script s = Script.established();
    s.app.send(new byte[100]);
    s.flush();
    s.advance(900 * SECOND);
    assertEquals(CloseReason.TIMED_OUT, s.app.closed);
    assertEquals(0, s.stack.connections());
    assertEquals(0, s.stack.bufferBytes());
  }

  // Errors of routers.

  @Test
  void aNarrowerPathMakesShorterSegments() {
    Script s = Script.established();
    s.app.send(new byte[5000]);
    s.flush();
    Script.Sent first = s.next();
    assertEquals(1220, first.length());
    s.sent.clear();
    s.icmp(3, 4, 1000, first.seq() - 1); // Not in flight: forged.
    assertTrue(s.sent.isEmpty());
    s.icmp(3, 4, 1000, first.seq());
    Script.Sent again = s.next();
    assertEquals(first.seq(), again.seq());
    assertEquals(960, again.length());
    s.sent.clear();
    s.icmp(3, 4, 100, first.seq()); // Absurd.
    assertTrue(s.sent.isEmpty());
  }

  @Test
  void anUnreachablePeerFailsAConnectButNotAConnection() {
    Script s = new Script();
    Peer client = s.connectOut();
    s.icmp(3, 1, 0, s.next().seq());
    s.flush();
    assertEquals(CloseReason.UNREACHABLE, client.closed);
    Script other = Script.established();
    other.app.send(new byte[10]);
    other.flush();
    other.icmp(3, 1, 0, other.next().seq());
    assertNull(other.app.closed);
  }

  // Timestamps.

  @Test
  void aSegmentWithATimestampOfThePastIsDroppedAndAcknowledged() {
    Script s = new Script();
    s.listen();
    s.timestamps = true;
    s.handshake();
    s.timestamp = 600;
    s.text("new");
    s.sent.clear();
    s.timestamp = 599;
    s.send(ACK, "old");
    assertEquals(1, s.stack.drops(Drop.OLD_TIMESTAMP));
    Script.Sent answer = s.next();
    assertEquals(s.seq, answer.ack());
    assertEquals(600, answer.echo());
    assertEquals("new", s.text());
  }
}
