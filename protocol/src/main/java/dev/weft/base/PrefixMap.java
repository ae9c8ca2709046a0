package dev.weft.base;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An immutable map from prefixes to values, looked up by address: the longest prefix wins.
///
/// A lookup probes one hash table per prefix length that occurs, longest first; real routing tables
/// of a node have two or three. It allocates nothing, and takes addresses as two longs, IPv4 mapped
/// (`::ffff:a.b.c.d`), as packet views give them. The families are apart: `::/0` does not match an
/// IPv4 address.
///
/// @param <V> what a prefix stands for
public final class PrefixMap<V> {
  private static final long MAPPED = 0xffff;

  private final List<Level<V>> v4;
  private final List<Level<V>> v6;

  private PrefixMap(List<Level<V>> v4, List<Level<V>> v6) {
    this.v4 = v4;
    this.v6 = v6;
  }

  /// Copies the given entries. Host bits of a prefix are ignored.
  public static <V> PrefixMap<V> copyOf(Map<IpPrefix, V> entries) {
    return new PrefixMap<>(levels(entries, true), levels(entries, false));
  }

  /// The value of the longest prefix that contains the address.
  public @Nullable V lookup(long high, long low) {
    List<Level<V>> levels = high == 0 && low >>> 32 == MAPPED ? v4 : v6;
    for (int i = 0; i < levels.size(); i++) {
      V value = levels.get(i).lookup(high, low);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  public @Nullable V lookup(Ip ip) {
    return ip.isV4()
        ? lookup(0, MAPPED << 32 | ip.v4Bits() & 0xffff_ffffL)
        : lookup(ip.high(), ip.low());
  }

  private static <V> List<Level<V>> levels(Map<IpPrefix, V> entries, boolean v4) {
    NavigableMap<Integer, List<Map.Entry<IpPrefix, V>>> byLength = new TreeMap<>();
    for (Map.Entry<IpPrefix, V> entry : entries.entrySet()) {
      IpPrefix prefix = entry.getKey();
      if (prefix.address().isV4() == v4) {
        byLength
            .computeIfAbsent(prefix.bits() + (v4 ? 96 : 0), bits -> new ArrayList<>())
            .add(entry);
      }
    }
    List<Level<V>> levels = new ArrayList<>(byLength.size());
    byLength.descendingMap().forEach((bits, at) -> levels.add(new Level<>(bits, at)));
    return levels;
  }

  /// All prefixes of one length: an open-addressing table of masked addresses, at most half full.
  private static final class Level<V> {
    private final long highMask;
    private final long lowMask;
    private final int slotMask;
    private final long[] highs;
    private final long[] lows;
    private final @Nullable V[] values;

    @SuppressWarnings("unchecked") // the array never leaves this class
    Level(int bits, List<Map.Entry<IpPrefix, V>> entries) {
      highMask = mask(Math.min(bits, 64));
      lowMask = mask(Math.max(bits - 64, 0));
      int slots = Integer.highestOneBit(entries.size() * 2) * 2;
      slotMask = slots - 1;
      highs = new long[slots];
      lows = new long[slots];
      values = (@Nullable V[]) new Object[slots];
      for (Map.Entry<IpPrefix, V> entry : entries) {
        put(entry.getKey().address(), entry.getValue());
      }
    }

    @Nullable V lookup(long high, long low) {
      long maskedHigh = high & highMask;
      long maskedLow = low & lowMask;
      for (int slot = hash(maskedHigh, maskedLow) & slotMask; ; slot = slot + 1 & slotMask) {
        V value = values[slot];
        if (value == null || highs[slot] == maskedHigh && lows[slot] == maskedLow) {
          return value;
        }
      }
    }

    private void put(Ip address, V value) {
      long high = (address.isV4() ? 0 : address.high()) & highMask;
      long low =
          (address.isV4() ? MAPPED << 32 | address.v4Bits() & 0xffff_ffffL : address.low())
              & lowMask;
      int slot = hash(high, low) & slotMask;
      while (values[slot] != null && (highs[slot] != high || lows[slot] != low)) {
        slot = slot + 1 & slotMask;
      }
      highs[slot] = high;
      lows[slot] = low;
      values[slot] = value;
    }

    private static long mask(int bits) {
      return bits == 0 ? 0 : -1L << (64 - bits);
    }

    private static int hash(long high, long low) {
      long mixed = (high * 31 + low) * 0x9e37_79b9_7f4a_7c15L;
      return (int) (mixed >>> 32);
    }
  }
}
