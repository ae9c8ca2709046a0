package dev.weft.netstack;

import static dev.weft.netstack.Script.MILLI;
import static dev.weft.packet.TcpView.ACK;
import static dev.weft.packet.TcpView.FIN;
import static dev.weft.packet.TcpView.RST;
import static dev.weft.packet.TcpView.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// How connections end: closed by either side or both, reset, given up, found dead (RFC 9293 §3.6,
/// §3.8.4).
final class TcpClosingTest {
  private static final long SECOND = 1_000 * MILLI;

  @Test
  void thePeerClosesFirst() {
    Script s = Script.established();
    s.send(FIN | ACK, "");
    s.seq++;
    assertTrue(s.app.ended);
    assertEquals(s.seq, s.next().ack());
    assertEquals(TcpState.CLOSE_WAIT, s.app.socket.state());
    s.app.socket.shutdownOutput();
    s.flush();
    Script.Sent fin = s.next();
    assertTrue(fin.has(FIN));
    s.ack = fin.seq() + 1;
    s.send(ACK, "");
    assertEquals(CloseReason.FINISHED, s.app.closed);
    assertEquals(0, s.stack.connections());
  }

  @Test
  void weCloseFirstAndLinger() {
    Script s = Script.established();
    s.app.socket.shutdownOutput();
    s.flush();
    Script.Sent fin = s.next();
    s.ack = fin.seq() + 1;
    s.send(ACK, "");
    assertEquals(TcpState.FIN_WAIT_2, s.app.socket.state());
    s.text("still reading");
    assertEquals("still reading", s.text());
    s.sent.clear();
    s.send(FIN | ACK, "");
    assertEquals(TcpState.TIME_WAIT, s.app.socket.state());
    assertEquals(s.seq + 1, s.next().ack());
    s.advance(30 * SECOND);
    s.send(FIN | ACK, ""); // Our acknowledgment was lost.
    assertEquals(s.seq + 1, s.next().ack());
    s.advance(59 * SECOND);
    assertEquals(1, s.stack.connections());
    s.advance(2 * SECOND);
    assertEquals(0, s.stack.connections());
  }

  @Test
  void bothCloseAtOnce() {
    Script s = Script.established();
    s.app.socket.shutdownOutput();
    s.flush();
    Script.Sent fin = s.next();
    s.send(FIN | ACK, "");
    assertEquals(TcpState.CLOSING, s.app.socket.state());
    s.seq++;
    s.ack = fin.seq() + 1;
    s.send(ACK, "");
    assertEquals(TcpState.TIME_WAIT, s.app.socket.state());
    assertEquals(CloseReason.FINISHED, s.app.closed);
  }

  @Test
  void aNewSynEndsTimeWait() {
    Script s = Script.established();
    s.app.socket.shutdownOutput();
    s.flush();
    s.ack = s.next().seq() + 1;
    s.send(FIN | ACK, "");
    assertEquals(TcpState.TIME_WAIT, s.app.socket.state());
    s.sent.clear();
    s.seq += 1000;
    s.send(SYN, "");
    Script.Sent synAck = s.next();
    assertEquals(SYN | ACK, synAck.flags());
    assertTrue(synAck.seq() - s.ack > 0);
    assertEquals(1, s.stack.connections());
  }

  @Test
  void closingWithUnreadTextResets() {
    Script s = Script.established();
    s.app.paused = true;
    s.text("unread");
    s.sent.clear();
    s.app.socket.close();
    s.flush();
    assertTrue(s.next().has(RST));
    assertEquals(0, s.stack.connections());
    assertEquals(0, s.stack.bufferBytes());
  }

  @Test
  void textForAClosedSocketResets() {
    Script s = Script.established();
    s.app.socket.close();
    s.flush();
    s.ack = s.next().seq() + 1;
    s.send(ACK, "");
    s.text("anyone?");
    assertTrue(s.next().has(RST));
    assertEquals(0, s.stack.connections());
  }

  @Test
  void aClosedSocketDoesNotWaitForThePeerForEver() {
    Script s = Script.established();
    s.app.socket.close();
    s.flush();
    s.ack = s.next().seq() + 1;
    s.send(ACK, "");
    s.advance(61 * SECOND);
    assertEquals(0, s.stack.connections());
  }

  @Test
  void abortResetsAtOnce() {
    Script s = Script.established();
    s.app.socket.abort();
    s.flush();
    Script.Sent reset = s.next();
    assertTrue(reset.has(RST));
    assertEquals(s.iss + 1, reset.seq());
    assertEquals(CloseReason.ABORTED, s.app.closed);
  }

  @Test
  void whatCameBeforeAResetMayStillBeRead() {
    Script s = Script.established();
    s.app.paused = true;
    s.text("before");
    s.send(RST, "");
    assertEquals(CloseReason.RESET, s.app.closed);
    s.app.resume();
    assertEquals("before", s.text());
    assertFalse(s.app.ended);
    assertEquals(0, s.stack.bufferBytes());
  }

  // Keep-alive.

  @Test
  void anIdlePeerIsProbedAndGivenUp() {
    Script s = Script.established();
    s.app.socket.setKeepAlive(60 * SECOND, 10 * SECOND);
    s.flush();
    s.advance(61 * SECOND);
    Script.Sent probe = s.next();
    assertEquals(s.iss, probe.seq());
    s.send(ACK, ""); // Alive.
    s.advance(59 * SECOND);
    assertTrue(s.sent.isEmpty());
    s.advance(200 * SECOND);
    assertEquals(9, s.sent.size());
    assertEquals(CloseReason.TIMED_OUT, s.app.closed);
  }

  @Test
  void aPeerThatVanishedAfterOurHalfCloseIsFound() {
    Script s = Script.established();
    s.app.socket.setKeepAlive(60 * SECOND, 10 * SECOND);
    s.app.socket.shutdownOutput();
    s.flush();
    s.ack = s.next().seq() + 1;
    s.send(ACK, "");
    assertEquals(TcpState.FIN_WAIT_2, s.app.socket.state());
    s.advance(200 * SECOND);
    assertEquals(CloseReason.TIMED_OUT, s.app.closed);
  }
}
