package dev.weft.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// The line or block with which a forwarded connection begins where the target wants to know who is
/// calling (`docs/protocol/services.md` §1.4; the PROXY protocol of HAProxy, sections 2.1 and 2.2).
final class ProxyProtocol {
  private static final byte[] SIGNATURE = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };
  private static final int VERSION_2_PROXY = 0x21;
  private static final int TCP_OVER_IPV4 = 0x11;
  private static final int TCP_OVER_IPV6 = 0x21;

  private ProxyProtocol() {}

  /// @param version 0 for none, 1 or 2
  /// @param local the node's own address that was dialled, of the same family as `remote`
  /// @param targetPort where the connection goes: the original names this port, not the one that
  ///   was dialled
  static ByteBuf header(int version, InetSocketAddress remote, InetAddress local, int targetPort) {
    return switch (version) {
      case 1 -> text(remote, local, targetPort);
      case 2 -> binary(remote, local, targetPort);
      default -> Unpooled.EMPTY_BUFFER;
    };
  }

  private static ByteBuf text(InetSocketAddress remote, InetAddress local, int targetPort) {
    String family = remote.getAddress() instanceof Inet4Address ? "TCP4" : "TCP6";
    String line =
        "PROXY %s %s %s %d %d\r\n"
            .formatted(
                family,
                remote.getAddress().getHostAddress(),
                local.getHostAddress(),
                remote.getPort(),
                targetPort);
    return Unpooled.copiedBuffer(line, StandardCharsets.US_ASCII);
  }

  private static ByteBuf binary(InetSocketAddress remote, InetAddress local, int targetPort) {
    byte[] from = remote.getAddress().getAddress();
    byte[] to = local.getAddress();
    ByteBuf out = Unpooled.buffer(SIGNATURE.length + 4 + 2 * from.length + 4);
    out.writeBytes(SIGNATURE).writeByte(VERSION_2_PROXY);
    out.writeByte(from.length == 4 ? TCP_OVER_IPV4 : TCP_OVER_IPV6);
    out.writeShort(from.length + to.length + 4);
    out.writeBytes(from).writeBytes(to);
    return out.writeShort(remote.getPort()).writeShort(targetPort);
  }
}
