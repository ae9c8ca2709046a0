package dev.weft.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Which pairs of NATs let two nodes meet, and that all others talk all the same.
final class NatMatrixTest {
  private static final List<NatKind> KINDS =
      List.of(
          NatKind.FULL_CONE,
          NatKind.ADDRESS_RESTRICTED,
          NatKind.PORT_RESTRICTED,
          NatKind.SYMMETRIC);

  static Stream<Arguments> pairs() {
    return KINDS.stream()
        .flatMap(a ->
            KINDS.stream()
                .flatMap(b -> Stream.of(true, false).map(told -> Arguments.of(a, b, told))));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aDirectPathIsFoundExactlyWhereTheNatsAllowOne(NatKind a, NatKind b, boolean endpointsInMap) {
    Mesh mesh = new Mesh(1);
    mesh.setEndpointsInMap(endpointsInMap);
    SimNode left = mesh.addNode(mesh.addSite(a), 1);
    SimNode right = mesh.addNode(mesh.addSite(b), 2);
    mesh.start();
    mesh.chat(left, right, 200, 20_000);
    mesh.run(21_000);
    if (NatKind.canMeet(a, b)) {
      assertNotNull(left.directPathTo(right), "left is relayed");
      assertNotNull(right.directPathTo(left), "right is relayed");
    } else {
      assertNull(left.directPathTo(right));
      assertNull(right.directPathTo(left));
      assertTrue(mesh.relay(1).carried() + mesh.relay(2).carried() > 150);
    }
    assertEquals(mesh.packetsSent(), mesh.packetsDelivered());
  }

  @Test
  void aDirectPathIsThereWithinTwoSeconds() {
    Mesh mesh = new Mesh(2);
    mesh.setEndpointsInMap(false);
    SimNode left = mesh.addNode(mesh.addSite(NatKind.PORT_RESTRICTED), 1);
    SimNode right = mesh.addNode(mesh.addSite(NatKind.PORT_RESTRICTED), 1);
    mesh.start();
    mesh.chat(left, right, 100, 2_000);
    mesh.run(2_000);
    assertNotNull(left.directPathTo(right));
    assertNotNull(right.directPathTo(left));
  }

  @Test
  void neighboursMeetOnTheirLanThoughTheRouterDoesNotHairpin() {
    Mesh mesh = new Mesh(3);
    Site site = mesh.addSite(NatKind.SYMMETRIC);
    SimNode left = mesh.addNode(site, 1);
    SimNode right = mesh.addNode(site, 1);
    mesh.start();
    mesh.chat(left, right, 100, 3_000);
    mesh.run(3_000);
    assertNotNull(left.directPathTo(right));
    assertTrue(left.directPathTo(right).ip().isPrivate());
    assertEquals(mesh.packetsSent(), mesh.packetsDelivered());
  }
}
