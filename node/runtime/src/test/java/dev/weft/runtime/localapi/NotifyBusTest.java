package dev.weft.runtime.localapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ipn.EngineStatus;
import dev.weft.ipn.Notify;
import dev.weft.ipn.State;
import dev.weft.ipn.WatchOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NotifyBusTest {
  private final MemoryBackend present = new MemoryBackend();
  private final NotifyBus bus = present.bus;

  @Test
  void withoutAnInitialOptionThereIsNoFirstEvent() {
    Heard heard = new Heard();

    bus.watch(Set.of(), heard, _ -> {});

    assertTrue(heard.events.isEmpty());
  }

  @Test
  void theFirstEventHasWhatWasAskedFor() {
    Heard heard = new Heard();
    LocalBackend.Watch watch =
        bus.watch(Set.of(WatchOption.INITIAL_STATE, WatchOption.INITIAL_STATUS), heard, _ -> {});

    Notify first = heard.events.getFirst();
    assertEquals(watch.sessionId(), first.sessionId());
    assertEquals(State.NEEDS_LOGIN, first.state());
    assertEquals(present.status(), first.initialStatus());
    assertEquals(null, first.prefs());
  }

  @Test
  void olderClientsHaveTheNetworkMapInTheFirstEventOrLearnThatThereIsNone() {
    Heard heard = new Heard();

    bus.watch(Set.of(WatchOption.INITIAL_NET_MAP), heard, _ -> {});

    assertEquals(1, heard.events.size());
    assertEquals(present.netMap(), heard.events.getFirst().netMap());
    assertEquals(null, heard.events.getFirst().state());
  }

  @Test
  void aNodeThatAwaitsALoginNamesThePage() {
    present.loginInteractive();
    Heard heard = new Heard();

    bus.watch(Set.of(WatchOption.INITIAL_STATE), heard, _ -> {});

    assertEquals("http://control.test/register/1", heard.events.getFirst().browseToUrl());
  }

  @Test
  void everyWatcherHearsEventsInOrderUntilItCloses() {
    Heard a = new Heard();
    Heard b = new Heard();
    LocalBackend.Watch watchA = bus.watch(Set.of(), a, _ -> {});
    LocalBackend.Watch watchB = bus.watch(Set.of(), b, _ -> {});
    assertNotEquals(watchA.sessionId(), watchB.sessionId());

    bus.publish(Notify.builder().state(State.STARTING));
    watchA.close();
    bus.publish(Notify.builder().state(State.RUNNING));

    assertEquals(List.of(State.STARTING), a.states());
    assertEquals(List.of(State.STARTING, State.RUNNING), b.states());
    assertEquals("0.1.0-test", b.events.getFirst().version());
  }

  @Test
  void countersGoOnlyToWatchersThatAskForThem() {
    Heard with = new Heard();
    Heard without = new Heard();
    bus.watch(Set.of(WatchOption.ENGINE_UPDATES), with, _ -> {});
    bus.watch(Set.of(), without, _ -> {});

    bus.publish(Notify.builder().engine(new EngineStatus(1, 2, 3, 4)));

    assertEquals(1, with.events.size());
    assertTrue(without.events.isEmpty());
  }

  @Test
  void aWatchIsClosedOnceHoweverItEnds() {
    Heard heard = new Heard();
    List<String> closed = new ArrayList<>();
    LocalBackend.Watch watch = bus.watch(Set.of(), heard, closed::add);

    assertTrue(bus.end(watch.sessionId()));
    watch.close();

    assertEquals(List.of(watch.sessionId()), closed);
    assertTrue(heard.ended);
    assertFalse(bus.end(watch.sessionId()));
    assertFalse(bus.isWatching(watch.sessionId()));
  }

  private static final class Heard implements LocalBackend.Watcher {
    private final List<Notify> events = new ArrayList<>();
    private boolean ended;

    @Override
    public void on(Notify event) {
      events.add(event);
    }

    @Override
    public void ended() {
      ended = true;
    }

    List<State> states() {
      return events.stream().map(Notify::state).toList();
    }
  }
}
