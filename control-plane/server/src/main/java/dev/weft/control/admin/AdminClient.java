package dev.weft.control.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// Asks the running server.
final class AdminClient {
  /// A list of tens of thousands of nodes.
  private static final int MAX_REPLY = 64 * 1024 * 1024;

  private final Path socket;

  AdminClient(Path stateDir) {
    socket = stateDir.resolve(AdminSocket.NAME);
  }

  AdminReply ask(AdminRequest request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      connect(channel);
      OutputStream out = Channels.newOutputStream(channel);
      out.write((Json.encodeToText(AdminRequest.JSON, request) + "\n").getBytes(UTF_8));
      out.flush();
      return Json.decode(AdminReply.JSON, Lines.read(Channels.newInputStream(channel), MAX_REPLY));
    }
  }

  private void connect(SocketChannel channel) throws IOException {
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      throw new IOException(
          "no control plane answers on "
              + socket
              + " ("
              + e.getMessage()
              + "): is \"weft control serve\" running, and with this --statedir?",
          e);
    }
  }
}
