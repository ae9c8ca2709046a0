package dev.weft.dist.quickstart;

import dev.weft.transport.port.PortHolder;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/// Looks whether all ports are free before anything starts, to say all of it at once and early.
///
/// A port can still be taken in between; whoever binds it then says so again.
final class PortCheck {
  private PortCheck() {}

  /// @throws QuickstartException naming the port, its holder where that can be told, and what to do
  static void requireFree(QuickstartSettings settings) throws QuickstartException {
    QuickstartSettings.Ports ports = settings.ports();
    requireTcp(settings.listen(), ports.control(), "control plane");
    requireTcp(settings.listen(), ports.relay(), "relay");
    requireUdp(settings.listen(), ports.stun());
    requireTcp(InetAddress.getLoopbackAddress(), ports.proxy(), "teammate's proxy");
  }

  private static void requireTcp(InetAddress address, int port, String what)
      throws QuickstartException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw refuse(e, address, port, what, PortHolder.ofTcp(port));
    }
  }

  private static void requireUdp(InetAddress address, int port) throws QuickstartException {
    try (DatagramSocket probe = new DatagramSocket(null)) {
      probe.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw refuse(e, address, port, "STUN server", PortHolder.ofUdp(port));
    }
  }

  private static QuickstartException refuse(
      IOException cause, InetAddress address, int port, String what, Optional<PortHolder> holder) {
    String where = address.getHostAddress() + " port " + port;
    if (holder.isPresent()) {
      return new QuickstartException(
          "the "
              + what
              + " needs "
              + where
              + ", which "
              + holder.get()
              + " holds; choose other ports with --port");
    }
    return new QuickstartException(
        "the "
            + what
            + " cannot listen on "
            + where
            + " ("
            + cause.getMessage()
            + "); choose other ports with --port, or another address with --listen");
  }
}
