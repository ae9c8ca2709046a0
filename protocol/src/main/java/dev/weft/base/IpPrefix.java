package dev.weft.base;

import java.util.Optional;

/// An address and a prefix length, written `100.64.0.0/10`. The address may have bits set beyond
/// the prefix; {@link #masked()} clears them.
public record IpPrefix(Ip address, int bits) implements Comparable<IpPrefix> {
  public IpPrefix {
    if (bits < 0 || bits > address.bitLength()) {
      throw new IllegalArgumentException("prefix length out of range: " + address + "/" + bits);
    }
  }

  /// The prefix that holds exactly this address.
  public static IpPrefix single(Ip address) {
    return new IpPrefix(address, address.bitLength());
  }

  /// @throws IllegalArgumentException when the text is not an address, a slash and a length
  public static IpPrefix parse(String text) {
    return tryParse(text)
        .orElseThrow(
            () -> new IllegalArgumentException("not a prefix (such as 100.64.0.0/10): " + text));
  }

  public static Optional<IpPrefix> tryParse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    Optional<Ip> ip = Ip.tryParse(text.substring(0, slash));
    int bits = parseBits(text.substring(slash + 1));
    if (ip.isEmpty() || bits < 0 || bits > ip.get().bitLength()) {
      return Optional.empty();
    }
    return Optional.of(new IpPrefix(ip.get(), bits));
  }

  /// Whether the address is of this family and shares the prefix's leading bits.
  public boolean contains(Ip ip) {
    return ip.isV4() == address.isV4() && ip.masked(bits).equals(address.masked(bits));
  }

  public IpPrefix masked() {
    return new IpPrefix(address.masked(bits), bits);
  }

  /// Whether the prefix holds exactly one address.
  public boolean isSingle() {
    return bits == address.bitLength();
  }

  @Override
  public int compareTo(IpPrefix other) {
    int byAddress = address.compareTo(other.address);
    return byAddress != 0 ? byAddress : Integer.compare(bits, other.bits);
  }

  @Override
  public String toString() {
    return address + "/" + bits;
  }

  private static int parseBits(String digits) {
    if (digits.isEmpty()
        || digits.length() > 3
        || (digits.length() > 1 && digits.charAt(0) == '0')) {
      return -1;
    }
    int bits = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      bits = bits * 10 + (c - '0');
    }
    return bits;
  }
}
