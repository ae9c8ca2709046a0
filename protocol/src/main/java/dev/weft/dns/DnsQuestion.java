package dev.weft.dns;

import java.util.Optional;

/// A question of class IN.
///
/// @param name as written, such as `laptop.example.net.`, with its final dot
public record DnsQuestion(String name, DnsType type) {
  static final int HEADER_LENGTH = 12;
  static final int CLASS_IN = 1;
  private static final int RECURSION_DESIRED = 0x0100;

  /// @throws IllegalArgumentException when `name` is no name; [#of] says so without throwing
  public DnsQuestion {
    if (!name.endsWith(".") || !DnsName.fits(name)) {
      throw new IllegalArgumentException("not a DNS name: " + name);
    }
  }

  /// The question for a name with or without its final dot; empty when it is no name.
  public static Optional<DnsQuestion> of(String name, DnsType type) {
    String whole = name.endsWith(".") ? name : name + ".";
    return DnsName.fits(whole) ? Optional.of(new DnsQuestion(whole, type)) : Optional.empty();
  }

  /// A query that asks a resolver to do all the work.
  ///
  /// @param id what the reply will carry; 16 random bits
  public byte[] encode(int id) {
    DnsWriter out = new DnsWriter();
    out.int16(id);
    out.int16(RECURSION_DESIRED);
    out.int16(1);
    out.int16(0);
    out.int16(0);
    out.int16(0);
    write(out);
    return out.toArray();
  }

  void write(DnsWriter out) {
    out.name(name);
    out.int16(type.code());
    out.int16(CLASS_IN);
  }
}
