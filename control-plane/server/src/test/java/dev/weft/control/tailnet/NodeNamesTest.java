package dev.weft.control.tailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NodeNamesTest {

  @ParameterizedTest
  @CsvSource({
    "laptop,laptop",
    "Ann's Laptop,anns-laptop",
    "host.local,host",
    "HOST.LAN,host",
    "a.b_c@d,a-b-c-d",
    "--x--,x",
    "'',node",
    "\uD83D\uDE00,node",
    "café,caf",
    "12,node-12",
    "1.2,1-2",
    "'a\u0000\u001b[31mb',a31mb",
  })
  void anyHostnameBecomesALabel(String hostname, String label) {
    assertEquals(label, NodeNames.sanitize(hostname));
  }

  @Test
  void aLabelHasAtMost63Characters() {
    assertEquals(63, NodeNames.sanitize("x".repeat(300)).length());
    assertEquals("node-" + "1".repeat(58), NodeNames.sanitize("1".repeat(300)));
    Set<String> taken = new HashSet<>(List.of("x".repeat(63)));
    assertEquals("x".repeat(61) + "-1", NodeNames.unique("x".repeat(63), taken::contains));
  }

  @Test
  void takenNamesGetTheFirstFreeNumber() {
    Set<String> taken = Set.of("pi", "pi-1", "pi-3");
    assertEquals("pi-2", NodeNames.unique("pi", taken::contains));
  }

  @Test
  void anAdminMayGiveOnlyLabels() {
    assertTrue(NodeNames.isLabel("web-1"));
    assertFalse(NodeNames.isLabel("12"), "that is an ID");
    assertFalse(NodeNames.isLabel("Web"));
    assertFalse(NodeNames.isLabel("a.b"));
    assertFalse(NodeNames.isLabel(""));
  }
}
