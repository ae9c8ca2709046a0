package dev.weft.control.tailnet;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What about a node changed, as far as maps are concerned.
public enum Aspect {
  /// Something that peers only learn from the whole node, or the node came or went.
  WHOLE,
  ENDPOINTS,
  HOME_DERP,
  DISCO_KEY,
  KEY_EXPIRY,
  /// Whether it is there, or when it was last.
  ONLINE,
  /// Something in the node's own view of itself.
  SELF;

  /// What differs between two states of one node; null stands for a node that is not there.
  static Set<Aspect> between(@Nullable RegisteredNode before, @Nullable RegisteredNode after) {
    EnumSet<Aspect> changed = EnumSet.noneOf(Aspect.class);
    if (before == null || after == null) {
      changed.add(WHOLE);
      changed.add(SELF);
      return changed;
    }
    if (!sameIdentity(before, after)) {
      changed.add(WHOLE);
      changed.add(SELF);
    }
    addHostinfo(before, after, changed);
    if (before.cap() != after.cap()) {
      changed.add(WHOLE);
    }
    if (!before.endpoints().equals(after.endpoints())) {
      changed.add(ENDPOINTS);
    }
    if (before.homeDerp() != after.homeDerp()) {
      changed.add(HOME_DERP);
      changed.add(SELF);
    }
    if (!Objects.equals(before.discoKey(), after.discoKey())) {
      changed.add(DISCO_KEY);
    }
    if (!before.lastSeen().equals(after.lastSeen())) {
      changed.add(ONLINE);
    }
    if (!Objects.equals(before.keyExpiry(), after.keyExpiry())) {
      changed.add(KEY_EXPIRY);
      changed.add(SELF);
    }
    return changed;
  }

  private static void addHostinfo(
      RegisteredNode before, RegisteredNode after, Set<Aspect> changed) {
    if (before.hostinfo().equals(after.hostinfo())) {
      return;
    }
    if (!PeerHostinfo.of(before.hostinfo()).equals(PeerHostinfo.of(after.hostinfo()))) {
      changed.add(WHOLE);
    }
    if (!before.hostinfo().requestTags().equals(after.hostinfo().requestTags())) {
      changed.add(SELF);
    }
  }

  private static boolean sameIdentity(RegisteredNode a, RegisteredNode b) {
    return a.nodeKey().equals(b.nodeKey())
        && a.machineKey().equals(b.machineKey())
        && a.givenName().equals(b.givenName())
        && a.addresses().equals(b.addresses())
        && a.userId() == b.userId()
        && a.tags().equals(b.tags());
  }
}
