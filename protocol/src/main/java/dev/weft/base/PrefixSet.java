package dev.weft.base;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/// An immutable set of prefixes, asked whether it covers an address. Cheap enough for every packet;
/// see [PrefixMap].
public final class PrefixSet {
  public static final PrefixSet EMPTY = copyOf(java.util.List.of());

  private final PrefixMap<Boolean> prefixes;

  private PrefixSet(PrefixMap<Boolean> prefixes) {
    this.prefixes = prefixes;
  }

  public static PrefixSet copyOf(Collection<IpPrefix> prefixes) {
    Map<IpPrefix, Boolean> entries = new LinkedHashMap<>();
    prefixes.forEach(prefix -> entries.put(prefix, Boolean.TRUE));
    return new PrefixSet(PrefixMap.copyOf(entries));
  }

  /// Whether any prefix contains the address, IPv4 as `::ffff:a.b.c.d`.
  public boolean contains(long high, long low) {
    return prefixes.lookup(high, low) != null;
  }

  public boolean contains(Ip ip) {
    return prefixes.lookup(ip) != null;
  }
}
