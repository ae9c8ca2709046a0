package dev.weft.runtime.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.runtime.backend.DataPlane;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HomeRelayTest {
  private final List<String> told = new ArrayList<>();
  private final HomeRelay home =
      new HomeRelay(
          new DataPlane.Listener() {
            @Override
            public void onConnectivity(boolean live) {}

            @Override
            public void onReport() {}

            @Override
            public void onLinkChanged() {}

            @Override
            public void onRelay(@Nullable String problem) {
              told.add("relay " + problem);
            }

            @Override
            public void onRelayNotice(@Nullable String notice) {
              told.add("notice " + notice);
            }
          });

  @Test
  void whatTheHomeRelaySaysStandsUntilItTakesItBack() {
    home.choose(1, true);

    home.relaySays(1, "two machines");
    home.relaySays(1, "two machines");
    home.relaySays(1, "");

    assertEquals(List.of("notice two machines", "notice null"), told);
  }

  @Test
  void whatARelaySaidEndsWithTheConnection() {
    home.choose(1, true);
    home.relaySays(1, "two machines");
    told.clear();

    home.relayChanged(1, "the relay hung up");

    assertEquals(List.of("relay the relay hung up", "notice null"), told);
  }

  @Test
  void onlyTheHomeRelayIsHeard() {
    home.choose(1, true);
    home.relaySays(2, "two machines");
    assertEquals(List.of(), told);

    home.choose(2, true);
    home.choose(1, true);

    assertEquals(List.of("notice two machines", "notice null"), told);
  }

  @Test
  void withoutATailnetThereIsNothingToSay() {
    home.choose(1, true);
    home.relaySays(1, "two machines");
    told.clear();

    home.forget();
    home.choose(1, true);

    assertEquals(List.of("notice null"), told);
  }
}
