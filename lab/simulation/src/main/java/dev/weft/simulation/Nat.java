package dev.weft.simulation;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A NAT with one external address (RFC 4787). Mappings and filter entries live by outbound traffic
/// only, and end a fixed time after the last of it.
final class Nat {
  private static final int FIRST_PORT = 20_000;

  private final NatKind kind;
  private final Ip external;
  private final long lifetime;
  private final Map<Key, Mapping> byInside = new LinkedHashMap<>();
  private final Map<Integer, Mapping> byPort = new LinkedHashMap<>();

  /// Whom each port ever belonged to: none is given twice.
  private final Map<Integer, Endpoint> owners = new LinkedHashMap<>();

  private int nextPort = FIRST_PORT;

  Nat(NatKind kind, Ip external, long lifetime) {
    this.kind = kind;
    this.external = external;
    this.lifetime = lifetime;
  }

  Ip external() {
    return external;
  }

  /// Where a datagram from inside appears to come from.
  Endpoint outbound(long now, Endpoint inside, Endpoint remote) {
    Key key = new Key(inside, scoped(kind.mapping(), remote));
    Mapping mapping = byInside.get(key);
    if (mapping == null || mapping.expires <= now) {
      if (mapping != null) {
        byPort.remove(mapping.port);
      }
      mapping = new Mapping(inside, nextPort++);
      byInside.put(key, mapping);
      byPort.put(mapping.port, mapping);
      owners.put(mapping.port, inside);
    }
    mapping.expires = now + lifetime;
    mapping.admitted.put(scoped(kind.filtering(), remote), now + lifetime);
    return new Endpoint(external, mapping.port);
  }

  /// Who gets a datagram from outside; `null` when it is filtered.
  @Nullable Endpoint inbound(long now, Endpoint remote, int port) {
    Mapping mapping = byPort.get(port);
    if (mapping == null || mapping.expires <= now) {
      return null;
    }
    Long until = mapping.admitted.get(scoped(kind.filtering(), remote));
    return until != null && until > now ? mapping.inside : null;
  }

  /// Whom a port belongs to or belonged to; `null` when it never was anybody's.
  @Nullable Endpoint owner(int port) {
    return owners.get(port);
  }

  NatKind kind() {
    return kind;
  }

  /// As after a power cut.
  void forgetAll() {
    byInside.clear();
    byPort.clear();
  }

  private static Object scoped(Scope scope, Endpoint remote) {
    return switch (scope) {
      case ENDPOINT_INDEPENDENT -> Scope.ENDPOINT_INDEPENDENT;
      case ADDRESS_DEPENDENT -> remote.ip();
      case ADDRESS_AND_PORT_DEPENDENT -> remote;
    };
  }

  private record Key(Endpoint inside, Object remote) {}

  private static final class Mapping {
    private final Endpoint inside;
    private final int port;
    private final Map<Object, Long> admitted = new LinkedHashMap<>();
    private long expires;

    Mapping(Endpoint inside, int port) {
      this.inside = inside;
      this.port = port;
    }
  }
}
