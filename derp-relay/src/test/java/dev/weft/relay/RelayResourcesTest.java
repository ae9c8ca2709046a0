package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.keys.NodePrivateKey;
import dev.weft.transport.derp.DerpEvent;
import dev.weft.transport.derp.RelayIdentity;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What connections may cost, of a relay in a process of its own.
class RelayResourcesTest {
  @TempDir Path stateDir;

  @Test
  @Timeout(90)
  void outOfDescriptorsItWaitsWithoutSpinningAndRecovers() throws Exception {
    try (RelayProcess relay = RelayProcess.start(stateDir, 160)) {
      connect(relay).close();
      List<Socket> strangers = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        strangers.add(new Socket(relay.address().getAddress(), relay.address().getPort()));
      }
      Duration before = relay.cpu();
      // Long enough to tell a loop that spins from one that waits, by the processor time it takes.
      strangers.getFirst().setSoTimeout(3_000);
      try {
        strangers.getFirst().getInputStream().read();
      } catch (SocketTimeoutException expected) {
        // The relay has nothing to say to whoever says nothing.
      }
      Duration spent = relay.cpu().minus(before);
      assertTrue(spent.toMillis() < 1_500, "took " + spent + " of processor time in 3 s");

      for (Socket stranger : strangers) {
        stranger.close();
      }
      connect(relay).close();
    }
  }

  /// 10,000 clients that say nothing: what each takes of the relay's memory, TLS included.
  @Test
  @Timeout(600)
  void anIdleClientIsCheap() throws Exception {
    int count = Integer.getInteger("weft.soak", 0) > 0 ? 10_000 : 0;
    Assumptions.assumeTrue(count > 0, "only with --soak: opens 10,000 connections");
    try (RelayProcess relay = RelayProcess.start(stateDir, 12_000)) {
      List<TestClient> clients = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        clients.add(connect(relay));
      }
      long before = relay.residentKilobytes();
      for (int i = 0; i < count; i++) {
        clients.add(connect(relay));
      }
      double each = (relay.residentKilobytes() - before) / (double) count;
      System.out.printf("an idle client takes %.1f KiB of the relay's memory%n", each);
      for (TestClient client : clients) {
        client.close();
      }
      assertTrue(each <= 20, "an idle client takes " + each + " KiB");
    }
  }

  private static TestClient connect(RelayProcess relay) throws Exception {
    TestClient client =
        TestClient.connect(
            relay.address(),
            NodePrivateKey.generate(new SecureRandom()::nextBytes),
            new RelayIdentity.Unchecked());
    assertInstanceOf(DerpEvent.Ready.class, client.next());
    return client;
  }
}
