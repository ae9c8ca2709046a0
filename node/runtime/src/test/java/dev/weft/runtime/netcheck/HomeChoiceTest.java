package dev.weft.runtime.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.SeededEntropy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HomeChoiceTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final HomeChoice choice = new HomeChoice(new SeededEntropy(1)::fill);
  private List<ProbeRegion> regions = List.of(region(1), region(2), region(3));
  private long now = 1000 * SECOND;

  @Test
  void theNearestRegionIsHome() {
    assertEquals(2, choose(Map.of(1, ms(30), 2, ms(20), 3, ms(40))));
  }

  @Test
  void aHomeIsLeftForAMuchNearerRegion() {
    choose(Map.of(1, ms(100)));

    assertEquals(2, choose(Map.of(1, ms(100), 2, ms(20))));
  }

  @Test
  void lessThanTenMillisecondsAreNotWorthAMove() {
    choose(Map.of(1, ms(14)));

    assertEquals(1, choose(Map.of(1, ms(14), 2, ms(5))));
  }

  @Test
  void lessThanAThirdIsNotWorthAMove() {
    choose(Map.of(1, ms(100)));

    assertEquals(1, choose(Map.of(1, ms(100), 2, ms(70))));
    assertEquals(2, choose(Map.of(1, ms(100), 2, ms(60))));
  }

  @Test
  void oneSlowAnswerDoesNotMakeANearRegionFar() {
    choose(Map.of(1, ms(10), 2, ms(30)));

    assertEquals(1, choose(Map.of(1, ms(300), 2, ms(30))));
  }

  @Test
  void whatWasMeasuredSixMinutesAgoIsForgotten() {
    choose(Map.of(1, ms(10), 2, ms(30)));
    now += 360 * SECOND;

    assertEquals(2, choose(Map.of(1, ms(300), 2, ms(30))));
  }

  @Test
  void aHomeThatDoesNotAnswerIsLeft() {
    choose(Map.of(1, ms(10), 2, ms(300)));

    assertEquals(2, choose(Map.of(2, ms(300))));
  }

  @Test
  void aHomeWhoseRelayTalksToUsIsKeptThoughItDoesNotAnswer() {
    choose(Map.of(1, ms(10), 2, ms(300)));
    choice.noteDerpFrame(now + 13 * SECOND, 1);

    assertEquals(1, choose(Map.of(2, ms(300))));
    assertEquals(2, choose(Map.of(2, ms(300))));
  }

  @Test
  void theScoresOfControlCount() {
    regions = List.of(region(1), new ProbeRegion(2, List.of(), List.of(), 0.5, true));

    assertEquals(2, choose(Map.of(1, ms(30), 2, ms(50))));
  }

  @Test
  void aRegionToAvoidIsNoHome() {
    regions = List.of(region(1), new ProbeRegion(2, List.of(), List.of(), 1, false));

    assertEquals(1, choose(Map.of(1, ms(30), 2, ms(5))));
  }

  @Test
  void whenNothingAnswersTheHomeStays() {
    choose(Map.of(1, ms(10)));
    choice.noteDerpFrame(now, 1);

    assertEquals(1, choose(Map.of()));
  }

  @Test
  void whenNothingEverAnsweredSomeRegionIsHome() {
    int home = choose(Map.of());

    assertTrue(home >= 1 && home <= 3);
    assertEquals(home, choose(Map.of()));
  }

  @Test
  void aRegionThatIsNoMoreIsNoHome() {
    choose(Map.of(1, ms(10)));
    regions = List.of(region(2));

    assertEquals(2, choose(Map.of(2, ms(10))));
  }

  private int choose(Map<Integer, Long> latency) {
    now += 20 * SECOND;
    return choice.choose(now - SECOND, now, regions, latency);
  }

  private static ProbeRegion region(int id) {
    return new ProbeRegion(id, List.of(), List.of(), 1, true);
  }

  private static long ms(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
