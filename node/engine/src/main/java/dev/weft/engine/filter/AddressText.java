package dev.weft.engine.filter;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The ways a rule writes addresses: `*`, an address, a prefix, a range `lo-hi`.
final class AddressText {
  private static final List<IpPrefix> EVERYTHING =
      List.of(new IpPrefix(Ip.V4_UNSPECIFIED, 0), new IpPrefix(Ip.V6_UNSPECIFIED, 0));

  private AddressText() {}

  /// The prefixes that cover exactly what the text names; null when it is none of these.
  static @Nullable List<IpPrefix> parse(String text) {
    if (text.equals("*")) {
      return EVERYTHING;
    }
    Optional<Ip> single = Ip.tryParse(text);
    if (single.isPresent()) {
      return List.of(IpPrefix.single(single.get()));
    }
    int dash = text.indexOf('-');
    if (dash < 0) {
      return IpPrefix.tryParse(text).map(List::of).orElse(null);
    }
    Ip low = Ip.tryParse(text.substring(0, dash)).orElse(null);
    Ip high = Ip.tryParse(text.substring(dash + 1)).orElse(null);
    if (low == null || high == null || low.isV4() != high.isV4() || low.compareTo(high) > 0) {
      return null;
    }
    return cover(low, high);
  }

  /// The fewest prefixes that cover `low` to `high`: from the bottom, each time the largest block
  /// that starts there and ends within.
  private static List<IpPrefix> cover(Ip low, Ip high) {
    int width = low.bitLength();
    BigInteger at = new BigInteger(1, low.toBytes());
    BigInteger end = new BigInteger(1, high.toBytes());
    List<IpPrefix> prefixes = new ArrayList<>();
    while (at.compareTo(end) <= 0) {
      int aligned = at.signum() == 0 ? width : Math.min(width, at.getLowestSetBit());
      int fitting = end.subtract(at).add(BigInteger.ONE).bitLength() - 1;
      int size = Math.min(aligned, fitting);
      prefixes.add(new IpPrefix(toIp(at, width), width - size));
      at = at.add(BigInteger.ONE.shiftLeft(size));
    }
    return prefixes;
  }

  private static Ip toIp(BigInteger value, int width) {
    long low = value.longValue();
    return width == 32 ? Ip.v4((int) low) : Ip.v6(value.shiftRight(64).longValue(), low);
  }
}
