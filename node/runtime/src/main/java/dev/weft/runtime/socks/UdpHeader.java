package dev.weft.runtime.socks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.weft.base.Ip;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The header in front of each datagram between a client and its association (RFC 1928 §7): whom it
/// is for, or whom it is from.
///
/// @param host an address, or a name as the client wrote it
record UdpHeader(String host, int port) {
  private static final int IPV4 = 1;
  private static final int DOMAIN = 3;
  private static final int IPV6 = 4;

  /// RSV, FRAG, ATYP.
  private static final int FIXED = 4;

  /// Reads the header and leaves the data. Null when it is none, or of a fragment: those are not
  /// put together, as the RFC permits.
  static @Nullable UdpHeader read(ByteBuf datagram) {
    if (datagram.readableBytes() < FIXED + 1) {
      return null;
    }
    int reserved = datagram.readUnsignedShort();
    int fragment = datagram.readUnsignedByte();
    int type = datagram.readUnsignedByte();
    int length =
        switch (type) {
          case IPV4 -> 4;
          case IPV6 -> 16;
          case DOMAIN -> datagram.readUnsignedByte();
          default -> 0;
        };
    if (reserved != 0 || fragment != 0 || length == 0 || datagram.readableBytes() < length + 2) {
      return null;
    }
    byte[] address = new byte[length];
    datagram.readBytes(address);
    String host = type == DOMAIN ? name(address) : Ip.ofBytes(address, 0, length).toString();
    return host == null ? null : new UdpHeader(host, datagram.readUnsignedShort());
  }

  private static @Nullable String name(byte[] bytes) {
    for (byte b : bytes) {
      if (b <= ' ' || b == 0x7f) {
        return null;
      }
    }
    return new String(bytes, US_ASCII);
  }

  void write(ByteBuf out) {
    out.writeZero(3);
    Optional<Ip> literal = Ip.tryParse(host);
    if (literal.isPresent()) {
      InetAddress address = literal.get().toInetAddress();
      out.writeByte(literal.get().isV4() ? IPV4 : IPV6).writeBytes(address.getAddress());
    } else {
      out.writeByte(DOMAIN).writeByte(host.length());
      out.writeCharSequence(host, US_ASCII);
    }
    out.writeShort(port);
  }
}
