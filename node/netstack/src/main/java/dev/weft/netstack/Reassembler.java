package dev.weft.netstack;

import dev.weft.packet.IpView;
import dev.weft.packet.IpWriter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts fragments together (RFC 791 §3.2, RFC 8200 §4.5): for datagrams and pings longer than the
/// path's MTU.
///
/// Overlapping fragments discard the whole (RFC 5722), as do lengths that contradict each other.
/// The oldest incomplete packet makes room for a new one; none waits longer than [#LIFE].
final class Reassembler {
  /// RFC 8200 asks for 60 s, Linux takes 30 s for IPv4: beyond, identifiers repeat.
  static final long LIFE = 30_000_000_000L;

  static final int MAX_INCOMPLETE = 64;

  private static final int MAX_BYTES = 4 << 20;
  private static final int MAX_PAYLOAD = 65_535;

  private record Key(
      long sourceHigh, long sourceLow, long destHigh, long destLow, int protocol, int id) {}

  private static final class Partial {
    final Key key;
    final long born;
    byte[] bytes = new byte[4096];

    /// For each eight bytes whether they are here.
    final long[] units = new long[MAX_PAYLOAD / 8 / 64 + 1];

    int received;
    int total = -1;
    int highest;

    Partial(Key key, long born) {
      this.key = key;
      this.born = born;
    }
  }

  private final Map<Key, Partial> incomplete = new HashMap<>();
  private final ArrayDeque<Partial> byAge = new ArrayDeque<>();
  private final Drops drops;
  private int bytes;

  Reassembler(Drops drops) {
    this.drops = drops;
  }

  /// Takes one fragment.
  ///
  /// @return the whole packet, without a fragment header, when this was the last piece
  byte @Nullable [] add(IpView ip, long now) {
    expire(now);
    Key key = key(ip);
    Partial partial = incomplete.get(key);
    if (partial == null) {
      partial = begin(key, now);
    }
    if (!take(partial, ip)) {
      discard(partial);
      return null;
    }
    if (partial.total < 0 || partial.received < partial.total) {
      return null;
    }
    forget(partial);
    return whole(partial);
  }

  private static Key key(IpView ip) {
    return new Key(
        ip.sourceHigh(),
        ip.sourceLow(),
        ip.destinationHigh(),
        ip.destinationLow(),
        ip.protocol(),
        ip.fragmentId());
  }

  private Partial begin(Key key, long now) {
    if (byAge.size() >= MAX_INCOMPLETE) {
      discard(byAge.getFirst());
    }
    Partial partial = new Partial(key, now);
    incomplete.put(key, partial);
    byAge.addLast(partial);
    bytes += partial.bytes.length;
    return partial;
  }

  /// Returns false when the fragment contradicts what is known, or finds no room.
  private boolean take(Partial partial, IpView ip) {
    int from = ip.fragmentByteOffset();
    int length = ip.transportLength();
    int end = from + length;
    boolean last = !ip.hasMoreFragments();
    if (length == 0 || end > limit(ip) || !last && length % 8 != 0) {
      return false;
    }
    if (last ? partial.highest > end || partial.total >= 0 : contradicts(partial, end)) {
      return false;
    }
    if (!claim(partial, from / 8, (end + 7) / 8) || !grow(partial, end)) {
      return false;
    }
    System.arraycopy(ip.array(), ip.transportOffset(), partial.bytes, from, length);
    partial.received += length;
    partial.highest = Math.max(partial.highest, end);
    if (last) {
      partial.total = end;
    }
    return true;
  }

  /// The length field of IPv4 counts the header, that of IPv6 does not.
  private static int limit(IpView ip) {
    return ip.isV4() ? MAX_PAYLOAD - IpView.V4_HEADER : MAX_PAYLOAD;
  }

  private static boolean contradicts(Partial partial, int end) {
    return partial.total >= 0 && end > partial.total;
  }

  private static boolean claim(Partial partial, int fromUnit, int toUnit) {
    for (int unit = fromUnit; unit < toUnit; unit++) {
      long bit = 1L << (unit & 63);
      if ((partial.units[unit >>> 6] & bit) != 0) {
        return false;
      }
      partial.units[unit >>> 6] |= bit;
    }
    return true;
  }

  private boolean grow(Partial partial, int end) {
    if (end <= partial.bytes.length) {
      return true;
    }
    int larger = Math.min(MAX_PAYLOAD, Math.max(end, 2 * partial.bytes.length));
    if (bytes + larger - partial.bytes.length > MAX_BYTES) {
      return false;
    }
    bytes += larger - partial.bytes.length;
    partial.bytes = Arrays.copyOf(partial.bytes, larger);
    return true;
  }

  private static byte[] whole(Partial partial) {
    Key key = partial.key;
    IpWriter writer = new IpWriter(key.sourceHigh, key.sourceLow, key.destHigh, key.destLow);
    byte[] packet = new byte[writer.headerLength() + partial.total];
    int header = writer.writeHeader(packet, 0, key.protocol, partial.total);
    System.arraycopy(partial.bytes, 0, packet, header, partial.total);
    return packet;
  }

  private void expire(long now) {
    while (!byAge.isEmpty() && now - byAge.getFirst().born > LIFE) {
      discard(byAge.getFirst());
    }
  }

  private void discard(Partial partial) {
    drops.count(Drop.FRAGMENT);
    forget(partial);
  }

  private void forget(Partial partial) {
    incomplete.remove(partial.key);
    byAge.remove(partial);
    bytes -= partial.bytes.length;
  }
}
