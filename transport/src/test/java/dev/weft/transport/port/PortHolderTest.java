package dev.weft.transport.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PortHolderTest {
  @BeforeAll
  static void needsProc() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "no /proc on this machine");
  }

  @Test
  void aListenerIsFoundByItsTcpPort() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      long self = ProcessHandle.current().pid();
      assertEquals(self, PortHolder.ofTcp(server.getLocalPort()).orElseThrow().pid());
      assertTrue(
          PortHolder.ofTcp(server.getLocalPort()).orElseThrow().toString().contains("pid " + self));
      assertTrue(PortHolder.ofUdp(server.getLocalPort()).isEmpty());
    }
  }

  @Test
  void aBoundUdpPortIsFound() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      assertEquals(
          ProcessHandle.current().pid(),
          PortHolder.ofUdp(socket.getLocalPort()).orElseThrow().pid());
    }
  }

  @Test
  void whoListensOnThePortOfAnotherAddressIsNotBlamedForAnotherFault() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = server.getLocalPort();
      assertEquals(
          "cannot listen on TCP port " + port + ": Permission denied",
          PortHolder.explainTcp(
              port, new BindException("bind(..) failed with error(-13): Permission denied")));
      assertEquals(
          "TCP port " + port + " is taken by " + PortHolder.ofTcp(port).orElseThrow(),
          PortHolder.explainTcp(port, new BindException("Address already in use")));
    }
  }
}
