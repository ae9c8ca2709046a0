package dev.weft.control.tailnet;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import java.util.List;
import java.util.function.Predicate;

/// Hands out tailnet addresses in order, leaving out those that clients or hosts use for something
/// else (`docs/protocol/control.md` §7.5). It goes round the whole range before it gives one again:
/// whoever remembers the address of a deleted node must not reach somebody else there soon.
///
/// Clients hard-code both ranges; others do not work with them.
final class AddressPool {
  private static final IpPrefix IPV4 = IpPrefix.parse("100.64.0.0/10");
  private static final Ip IPV6_BASE = Ip.parse("fd7a:115c:a1e0::");

  private static final List<IpPrefix> RESERVED =
      List.of(
          // The service addresses of the original and of its quad-100 resolver.
          IpPrefix.parse("100.100.0.0/24"),
          IpPrefix.parse("100.100.100.0/24"),
          IpPrefix.parse("100.101.102.103/32"),
          // ChromeOS routes its containers here.
          IpPrefix.parse("100.115.92.0/23"));

  /// The low bits of the IPv6 address that stand for the resolver, fd7a:115c:a1e0::53.
  private static final int IPV6_RESOLVER = 0x53;

  private AddressPool() {}

  /// The next free pair; both addresses of a node have the same number.
  ///
  /// @param last the number that was given last, 0 when none was
  /// @throws IllegalStateException when the range is used up
  static Pair next(int last, Predicate<Ip> taken) {
    int base = IPV4.address().v4Bits();
    // Without the first and the last, which are the network's own.
    int usable = (1 << (32 - IPV4.bits())) - 2;
    for (int step = 0; step < usable; step++) {
      int number = Math.floorMod(last + step, usable) + 1;
      Ip v4 = Ip.v4(base + number);
      Ip v6 = Ip.v6(IPV6_BASE.high(), IPV6_BASE.low() + number);
      if (number != IPV6_RESOLVER && !isReserved(v4) && !taken.test(v4) && !taken.test(v6)) {
        return new Pair(number, v4, v6);
      }
    }
    throw new IllegalStateException("every address of " + IPV4 + " is taken");
  }

  private static boolean isReserved(Ip address) {
    return RESERVED.stream().anyMatch(prefix -> prefix.contains(address));
  }

  record Pair(int number, Ip v4, Ip v6) {}
}
