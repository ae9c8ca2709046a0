package dev.weft.control.tailnet;

import dev.weft.base.Entropy;
import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.RegisterRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Logins that wait for an admin's word, bound to the machine and the node key that asked.
///
/// At most [#MAX]; when full, the oldest gives way: its client shows the user a new one on its next
/// attempt.
final class PendingLogins {
  /// As long as Headscale keeps them (`docs/protocol/control.md` §7.7).
  static final Duration LIFETIME = Duration.ofMinutes(15);

  static final int MAX = 256;

  private static final int ID_BYTES = 12;

  private final Map<String, PendingLogin> byId = new LinkedHashMap<>();

  record PendingLogin(String id, MachineKey machine, RegisterRequest request, Instant until) {
    private boolean isOf(MachineKey askingMachine, NodeKey askingKey) {
      return machine.equals(askingMachine) && request.nodeKey().equals(askingKey);
    }
  }

  /// The login that this machine already waits for with this key, else a new one.
  PendingLogin begin(Instant now, MachineKey machine, RegisterRequest request, Entropy entropy) {
    handleTimeout(now);
    for (PendingLogin login : byId.values()) {
      if (login.isOf(machine, request.nodeKey())) {
        return login;
      }
    }
    while (byId.size() >= MAX) {
      byId.remove(byId.keySet().iterator().next());
    }
    String id = HexFormat.of().formatHex(entropy.bytes(ID_BYTES));
    PendingLogin login = new PendingLogin(id, machine, request, now.plus(LIFETIME));
    byId.put(id, login);
    return login;
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
