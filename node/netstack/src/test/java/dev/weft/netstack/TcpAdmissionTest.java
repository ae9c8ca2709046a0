package dev.weft.netstack;

import static dev.weft.netstack.Script.MILLI;
import static dev.weft.packet.TcpView.ACK;
import static dev.weft.packet.TcpView.RST;
import static dev.weft.packet.TcpView.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who gets a connection when it is not the stack that decides, or when there are too many: the
/// forwarder, half-open connections, a full table.
final class TcpAdmissionTest {
  private static final long SECOND = 1_000 * MILLI;

  @Test
  void aForwardedSynWaitsForTheDecision() {
    Script s = new Script();
    List<TcpRequest> requests = new ArrayList<>();
    s.stack.setTcpForwarder(requests::add);
    s.send(SYN, "");
    s.send(SYN, "");
    assertEquals(1, requests.size());
    assertTrue(s.sent.isEmpty());
    assertEquals(new Endpoint(Script.STACK, Script.PORT), requests.getFirst().local());
    requests.getFirst().accept(s.app);
    s.flush();
    Script.Sent synAck = s.next();
    assertEquals(SYN | ACK, synAck.flags());
    s.seq++;
    s.ack = synAck.seq() + 1;
    s.send(ACK, "hi");
    assertTrue(s.app.connected);
  }

  @Test
  void aRejectedSynIsReset() {
    Script s = new Script();
    s.stack.setTcpForwarder(TcpRequest::reject);
    s.send(SYN, "");
    assertEquals(RST | ACK, s.next().flags());
    assertEquals(0, s.stack.connections());
  }

  @Test
  void anUndecidedSynIsRejectedAfterAMinute() {
    Script s = new Script();
    List<TcpRequest> requests = new ArrayList<>();
    s.stack.setTcpForwarder(requests::add);
    s.send(SYN, "");
    s.advance(61 * SECOND);
    assertTrue(s.next().has(RST));
    requests.getFirst().accept(s.app);
    s.flush();
    assertNotEquals(null, s.app.closed);
    assertEquals(0, s.stack.connections());
  }

  @Test
  void oneRemoteMayHaveTwoThirdsOfTheHalfOpenConnections() {
    Script s = new Script(NetstackConfig.DEFAULT.withMaxHalfOpen(30));
    s.listen();
    for (int i = 0; i < 100; i++) {
      s.peerPort++;
      s.send(SYN, "");
    }
    assertEquals(20, s.stack.connections());
    assertEquals(80, s.stack.drops(Drop.TOO_MANY_CONNECTIONS));
    s.advance(120 * SECOND);
    assertEquals(0, s.stack.connections());
    s.send(SYN, "");
    assertEquals(1, s.stack.connections());
  }

  @Test
  void aFloodOfSynsFromManyPushesItsOwnOutAndLetsOthersIn() {
    Script s = new Script(NetstackConfig.DEFAULT.withMaxHalfOpen(30));
    s.listen();
    for (int i = 0; i < 1000; i++) {
      s.peer = Ip.v4(0x0a000000 + i);
      s.send(SYN, "");
    }
    assertEquals(30, s.stack.connections());
    s.sent.clear();
    s.peer = Script.PEER;
    s.send(SYN, "");
    Script.Sent synAck = s.next();
    for (int i = 0; i < 20; i++) { // while its acknowledgment is on the way
      s.peer = Ip.v4(0x0a000000 + i);
      s.send(SYN, "");
    }
    s.peer = Script.PEER;
    s.seq++;
    s.ack = synAck.seq() + 1;
    s.send(ACK, "");
    assertTrue(s.app.connected);
    assertEquals(30, s.stack.connections());
  }

  @Test
  void whatTheApplicationThinksAboutIsNotPushedOut() {
    Script s = new Script(NetstackConfig.DEFAULT.withMaxHalfOpen(30));
    List<TcpRequest> requests = new ArrayList<>();
    s.stack.setTcpForwarder(requests::add);
    for (int i = 0; i < 100; i++) {
      s.peer = Ip.v4(0x0a000000 + i);
      s.send(SYN, "");
    }
    assertEquals(30, requests.size());
    assertEquals(70, s.stack.drops(Drop.TOO_MANY_CONNECTIONS));
    requests.getFirst().accept(s.app);
    s.flush();
    assertEquals(SYN | ACK, s.next().flags());
  }

  @Test
  void inAFullTableWhatTheApplicationHasClosedMakesRoomAndNothingElse() {
    Script s = new Script(NetstackConfig.DEFAULT.withMaxConnections(10));
    s.listen();
    List<TcpSocket> sockets = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      s.peerPort++;
      s.ack = 0;
      s.handshake();
      sockets.add(s.app.socket);
    }
    s.peerPort++;
    s.send(SYN, "");
    assertTrue(s.sent.isEmpty(), "all of them are in use");
    sockets.get(3).close();
    sockets.get(5).close(); // the peer answers neither FIN
    s.flush();
    s.sent.clear();

    s.send(SYN, "");

    assertEquals(10, s.stack.connections());
    List<Integer> flags = s.sent.stream().map(Script.Sent::flags).sorted().toList();
    assertEquals(List.of(SYN | ACK, RST | ACK), flags);
    assertNotEquals(
        null, s.connectOut().socket, "the other one makes room for a connection of ours");
    assertEquals(10, s.stack.connections());
    s.peerPort++;
    s.sent.clear();
    s.send(SYN, "");
    assertTrue(s.sent.isEmpty(), "the others are in use");
  }
}
