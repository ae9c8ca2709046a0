package dev.weft.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;

/// `weft nc`: joins standard input and output to a port of the tailnet.
final class NcCommand implements Command {
  private static final int CHUNK = 16 << 10;

  private final FlagSet flags = new FlagSet("weft nc");

  @Override
  public String arguments() {
    return "<hostname-or-IP> <port>";
  }

  @Override
  public String summary() {
    return "Connect to a port of a node, as a pipe";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure, IOException {
    if (args.size() != 2) {
      throw Failure.usage("usage: weft nc <hostname-or-IP> <port>");
    }
    String trouble = StatusText.trouble(daemon.status(false));
    if (trouble != null) {
      throw Failure.of(trouble);
    }
    try (LocalHttp.Stream stream = daemon.dial(args.get(0), port(args.get(1)))) {
      Thread sending =
          Thread.ofPlatform().daemon().start(() -> send(terminal.in(), stream.channel()));
      receive(stream, terminal.raw());
      sending.interrupt();
    }
    return 0;
  }

  private static int port(String text) throws Failure {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port <= 0xffff) {
        return port;
      }
    } catch (NumberFormatException _) {
      // told below
    }
    throw Failure.of("invalid port number \"" + text + '"');
  }

  /// Until the input ends: the other side is told that nothing more comes, and may go on.
  private static void send(InputStream in, SocketChannel to) {
    try {
      byte[] chunk = new byte[CHUNK];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        ByteBuffer out = ByteBuffer.wrap(chunk, 0, n);
        while (out.hasRemaining()) {
          to.write(out);
        }
      }
      to.shutdownOutput();
    } catch (IOException _) {
      // the connection has ended, which the receiving side sees
    }
  }

  private static void receive(LocalHttp.Stream from, OutputStream out) throws IOException {
    ByteBuffer buffer = from.leftOver();
    do {
      out.write(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
      out.flush();
      buffer = ByteBuffer.allocate(CHUNK);
      if (from.channel().read(buffer) < 0) {
        return;
      }
      buffer.flip();
    } while (true);
  }
}
