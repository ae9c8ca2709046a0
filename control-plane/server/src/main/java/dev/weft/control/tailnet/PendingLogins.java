package dev.weft.control.tailnet;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.RegisterRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Logins that wait for an admin's word, bound to the machine and the node key that asked.
///
/// At most [#MAX], and [#MAX_OF_A_PLACE] from one place; when full, the oldest gives way: its
/// client shows the user a new one on its next attempt. Anybody can begin a login, so without the
/// second limit one could keep all others from ever being approved.
final class PendingLogins {
  /// As long as Headscale keeps them (`docs/protocol/control.md` §7.7).
  static final Duration LIFETIME = Duration.ofMinutes(15);

  static final int MAX = 256;

  static final int MAX_OF_A_PLACE = 32;

  private static final int ID_BYTES = 12;

  private final Map<String, PendingLogin> byId = new LinkedHashMap<>();

  /// @param place null when it is not known
  record PendingLogin(
      String id, MachineKey machine, @Nullable Ip place, RegisterRequest request, Instant until) {
    private boolean isOf(MachineKey askingMachine, NodeKey askingKey) {
      return machine.equals(askingMachine) && request.nodeKey().equals(askingKey);
    }
  }

  /// The login that this machine already waits for with this key, else a new one.
  PendingLogin begin(
      Instant now,
      MachineKey machine,
      @Nullable Ip place,
      RegisterRequest request,
      Entropy entropy) {
    handleTimeout(now);
    for (PendingLogin login : byId.values()) {
      if (login.isOf(machine, request.nodeKey())) {
        return login;
      }
    }
    if (place != null) {
      makeRoomFor(place);
    }
    while (byId.size() >= MAX) {
      byId.remove(byId.keySet().iterator().next());
    }
    String id = HexFormat.of().formatHex(entropy.bytes(ID_BYTES));
    PendingLogin login = new PendingLogin(id, machine, place, request, now.plus(LIFETIME));
    byId.put(id, login);
    return login;
  }

  private void makeRoomFor(Ip place) {
    List<String> same =
        byId.values().stream()
            .filter(login -> Objects.equals(login.place, place))
            .map(PendingLogin::id)
            .toList();
    if (same.size() >= MAX_OF_A_PLACE) {
      byId.remove(same.getFirst());
    }
  }

  Optional<PendingLogin> find(Instant now, String id) {
    return Optional.ofNullable(byId.get(id)).filter(login -> now.isBefore(login.until));
  }

  void end(String id) {
    byId.remove(id);
  }

  void handleTimeout(Instant now) {
    byId.values().removeIf(login -> !now.isBefore(login.until));
  }
}
