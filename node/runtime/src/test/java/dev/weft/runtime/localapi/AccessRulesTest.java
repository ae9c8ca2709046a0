package dev.weft.runtime.localapi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AccessRulesTest {
  private final AccessRules rules = new AccessRules(1234);

  @Test
  void rootAndTheDaemonsOwnUserMayDoEverything() {
    assertEquals(Access.FULL, rules.of(0, ""));
    assertEquals(Access.FULL, rules.of(1234, ""));
  }

  @Test
  void everybodyElseMayRead() {
    assertEquals(Access.READ_ONLY, rules.of(1235, ""));
    assertEquals(Access.READ_ONLY, rules.of(1235, "no-such-user-here"));
  }

  @Test
  void theOperatorMayWriteWithoutTheDaemonsRightsOnFiles() {
    assertEquals(Access.OPERATOR, rules.of(1, "daemon")); // uid 1 on every Linux
    assertEquals(Access.READ_ONLY, rules.of(1, "root"));
  }
}
