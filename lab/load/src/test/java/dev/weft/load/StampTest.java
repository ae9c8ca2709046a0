package dev.weft.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.base.Endpoint;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class StampTest {
  @Test
  void anEndpointTellsWhichChangeItIsFrom() {
    for (int change : new int[] {0, 1, 255, 256, 131_071, 131_072, 1_000_000}) {
      List<Endpoint> told =
          List.of(Endpoint.parse(Stamp.local(7)), Endpoint.parse(Stamp.of(change)));
      assertEquals(OptionalInt.of(change), Stamp.read(told));
    }
  }

  @Test
  void theEndpointsOfANodeThatHasNotChangedTellNothing() {
    for (int node : new int[] {0, 299, 70_000}) {
      List<Endpoint> told =
          List.of(Endpoint.parse(Stamp.initial(node)), Endpoint.parse(Stamp.local(node)));
      assertEquals(OptionalInt.empty(), Stamp.read(told));
    }
  }
}
