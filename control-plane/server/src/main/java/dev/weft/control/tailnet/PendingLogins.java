package dev.weft.control.tailnet;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.RegisterRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Logins that wait for an admin's word, bound to the machine and the node key that asked.
///
/// At most [#MAX], and [#MAX_OF_A_PLACE] from one place. When full, the oldest of the network that
/// has most gives way: its client shows the user a new one on its next attempt. Anybody can begin a
/// login, so otherwise one, or a few together, could keep all others from ever being approved.
final class PendingLogins {
  /// As long as Headscale keeps them (`docs/protocol/control.md` §7.7).
  static final Duration LIFETIME = Duration.ofMinutes(15);

  static final int MAX = 256;

  static final int MAX_OF_A_PLACE = 32;

  private static final int SITE_BITS = 48;

  private static final int ID_BYTES = 12;

  private final Map<String, PendingLogin> byId = new LinkedHashMap<>();

  /// Which an admin turned down: their clients follow them up for as long as their users let them,
  /// and are told so. At most [#MAX]; when full, the oldest is forgotten, and its client shown a
  /// new login.
  private final Map<String, PendingLogin> denied = new LinkedHashMap<>();

  /// @param place null when it is not known
  record PendingLogin(
      String id, MachineKey machine, @Nullable Ip place, RegisterRequest request, Instant until) {
    private boolean isOf(MachineKey askingMachine, NodeKey askingKey) {
      return machine.equals(askingMachine) && request.nodeKey().equals(askingKey);
    }

    /// What whoever has one place has many of: an IPv6 /48 is one site. Empty when it is not known.
    private Optional<Ip> network() {
      return Optional.ofNullable(place).map(ip -> ip.isV4() ? ip : ip.masked(SITE_BITS));
    }

    WaitingLogin toWaiting() {
      @Nullable Hostinfo hostinfo = request.hostinfo();
      return new WaitingLogin(
          id,
          hostinfo == null ? "" : hostinfo.hostname(),
          hostinfo == null ? "" : hostinfo.os(),
          NodeUpdates.wantedTags(hostinfo),
          machine,
          place,
          until);
    }
  }

  /// The login that this machine already waits for with this key; a new one when there is none, or
  /// when it shows something else by now: what an admin saw is what is approved.
  PendingLogin begin(
      Instant now,
      MachineKey machine,
      @Nullable Ip place,
      RegisterRequest request,
      Entropy entropy) {
    handleTimeout(now);
    for (PendingLogin login : byId.values()) {
      if (login.isOf(machine, request.nodeKey())) {
        PendingLogin current =
            new PendingLogin(login.id, machine, login.place, request, login.until);
        if (current.toWaiting().equals(login.toWaiting())) {
          byId.replace(login.id, current);
          return current;
        }
        byId.remove(login.id);
        break;
      }
    }
    if (place != null) {
      makeRoomFor(place);
    }
    while (byId.size() >= MAX) {
      byId.remove(oldestOfTheLargestNetwork());
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

  private String oldestOfTheLargestNetwork() {
    Map<Optional<Ip>, List<String>> networks = new LinkedHashMap<>();
    for (PendingLogin login : byId.values()) {
      networks.computeIfAbsent(login.network(), _ -> new ArrayList<>()).add(login.id);
    }
    List<String> largest = List.of();
    for (List<String> ids : networks.values()) {
      if (ids.size() > largest.size()) {
        largest = ids;
      }
    }
    return largest.getFirst();
  }

  Optional<PendingLogin> find(Instant now, String id) {
    return Optional.ofNullable(byId.get(id)).filter(login -> now.isBefore(login.until));
  }

  Collection<PendingLogin> all(Instant now) {
    return byId.values().stream().filter(login -> now.isBefore(login.until)).toList();
  }

  void end(String id) {
    byId.remove(id);
  }

  void deny(PendingLogin login) {
    byId.remove(login.id);
    if (denied.size() >= MAX) {
      denied.remove(denied.keySet().iterator().next());
    }
    denied.put(login.id, login);
  }

  /// Whether an admin turned down this login of this machine.
  boolean isDenied(Instant now, String id, MachineKey machine) {
    @Nullable PendingLogin login = denied.get(id);
    return login != null && login.machine.equals(machine) && now.isBefore(login.until);
  }

  void handleTimeout(Instant now) {
    byId.values().removeIf(login -> !now.isBefore(login.until));
    denied.values().removeIf(login -> !now.isBefore(login.until));
  }
}
