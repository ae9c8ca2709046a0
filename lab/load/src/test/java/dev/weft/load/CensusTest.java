package dev.weft.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.PeerChange;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CensusTest {
  private static final long MILLISECOND = 1_000_000;

  private final Census census = new Census(3);

  @Test
  void everyOtherNodeHasToHearOnce() throws InterruptedException {
    int change = census.begin(0, 0);
    assertEquals(2, census.missing());
    census.read(1, told(change), 10 * MILLISECOND);
    census.read(1, told(change), 99 * MILLISECOND);
    assertEquals(1, census.missing());
    assertFalse(census.await(Duration.ZERO));
    census.read(2, told(change), 30 * MILLISECOND);
    assertTrue(census.await(Duration.ZERO));
    assertEquals(10, census.millis(0), 0.001);
    assertEquals(30, census.millis(1), 0.001);
  }

  @Test
  void whoHearsOfALaterChangeOfANodeKnowsTheEarlier() {
    census.begin(0, 0);
    int other = census.begin(1, 0);
    int later = census.begin(0, 5 * MILLISECOND);
    census.read(2, told(later), 7 * MILLISECOND);
    assertEquals(4, census.missing(), "told of two of node 0");
    assertEquals(7, census.millis(1), 0.001);
    assertEquals(2, census.millis(0), 0.001);
    census.read(2, told(other), 8 * MILLISECOND);
    assertEquals(3, census.missing());
  }

  @Test
  void warmingUpDoesNotCount() {
    int before = census.begin(0, 0);
    census.forgetLatencies();
    assertEquals(0, census.missing());
    census.read(1, told(before), MILLISECOND);
    assertEquals(0, census.missing());
    assertEquals(0, census.millis(1), 0.001);
  }

  private static MapResponse told(int change) {
    Endpoint endpoint = Endpoint.parse(Stamp.of(change));
    return MapResponse.builder()
        .peersChangedPatch(
            List.of(PeerChange.builder().nodeId(1).endpoints(List.of(endpoint)).build()))
        .build();
  }
}
