package dev.weft.runtime.backend;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.dns.DnsQuestion;
import dev.weft.dns.DnsReply;
import dev.weft.runtime.localapi.BackendException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Optional;

/// Asks a resolver over UDP from a port of the system's choice, twice, and over TCP when the answer
/// does not fit. A reply counts when it comes from the resolver and repeats our number and
/// question.
final class UdpUpstream implements NameResolver.Upstream {
  private static final int PORT = 53;
  private static final int TRIES = 2;
  private static final int TRY_MILLIS = 2000;
  private static final int MAX_DATAGRAM = 4096;

  private final Entropy entropy;
  private final int port;

  UdpUpstream(Entropy entropy) {
    this(entropy, PORT);
  }

  UdpUpstream(Entropy entropy, int port) {
    this.entropy = entropy;
    this.port = port;
  }

  @Override
  public byte[] ask(Ip server, DnsQuestion question) throws BackendException, InterruptedException {
    InetSocketAddress to = new InetSocketAddress(server.toInetAddress(), port);
    int id = entropy.below(1 << 16);
    byte[] query = question.encode(id);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(to); // the kernel drops what others send
      for (int i = 0; i < TRIES; i++) {
        socket.send(new DatagramPacket(query, query.length));
        Optional<byte[]> reply = await(socket, id, question);
        if (reply.isPresent()) {
          return isTruncated(reply.get()) ? overTcp(to, query) : reply.get();
        }
      }
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw new BackendException("the resolver " + server + ": " + e.getMessage());
    }
    throw new BackendException("the resolver " + server + " does not answer");
  }

  private static Optional<byte[]> await(DatagramSocket socket, int id, DnsQuestion question)
      throws IOException {
    long end = System.nanoTime() + TRY_MILLIS * 1_000_000L;
    byte[] buffer = new byte[MAX_DATAGRAM];
    for (long left = TRY_MILLIS; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      socket.setSoTimeout((int) left);
      try {
        socket.receive(packet);
      } catch (SocketTimeoutException _) {
        return Optional.empty();
      }
      byte[] reply = Arrays.copyOf(packet.getData(), packet.getLength());
      boolean ours =
          DnsReply.parse(reply)
              .filter(r -> r.id() == id && r.question().filter(q -> same(q, question)).isPresent())
              .isPresent();
      if (ours) {
        return Optional.of(reply);
      }
    }
    return Optional.empty();
  }

  private static boolean same(DnsQuestion a, DnsQuestion b) {
    return a.type() == b.type() && a.name().equalsIgnoreCase(b.name());
  }

  private static boolean isTruncated(byte[] reply) {
    return DnsReply.parse(reply).orElseThrow().truncated();
  }

  private static byte[] overTcp(InetSocketAddress to, byte[] query) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(to, TRY_MILLIS);
      socket.setSoTimeout(TRY_MILLIS);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] framed = new byte[query.length + 2];
      framed[0] = (byte) (query.length >>> 8);
      framed[1] = (byte) query.length;
      System.arraycopy(query, 0, framed, 2, query.length);
      out.write(framed);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] reply = in.readNBytes(in.readUnsignedShort());
      if (DnsReply.parse(reply).isEmpty()) {
        throw new IOException("what it sent is no answer");
      }
      return reply;
    }
  }
}
