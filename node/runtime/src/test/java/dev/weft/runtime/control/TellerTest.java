package dev.weft.runtime.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.keys.NodePrivateKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class TellerTest {
  private final CountDownLatch isTelling = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private final Teller teller =
      new Teller(new Events(), InstantSource.fixed(Instant.parse("2026-11-24T10:00:00Z")));

  /// Whoever closes may hold a lock that the one who is told waits for.
  @Test
  @Timeout(20)
  void closingDoesNotWaitForWhoIsBeingTold() throws InterruptedException {
    Thread telling = Thread.ofVirtual().start(() -> teller.login(new LoginState.LoggedOut()));
    assertTrue(isTelling.await(10, TimeUnit.SECONDS));

    teller.close();

    mayEnd.countDown();
    telling.join();
    teller.browse("https://example.com/");
    assertEquals(List.of("login"), told);
  }

  private final class Events implements ControlEvents {
    @Override
    public void onLogin(LoginState state) {
      isTelling.countDown();
      try {
        mayEnd.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      told.add("login");
    }

    @Override
    public void onBrowse(String url) {
      told.add(url);
    }

    @Override
    public void onNetworkMap(NetworkMap map) {}

    @Override
    public void onNodeKey(NodePrivateKey key) {}

    @Override
    public void onProblem(ControlProblem problem) {}

    @Override
    public void onRecovered() {}
  }
}
