package dev.weft.simulation;

import dev.weft.base.Ip;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.packet.Packets;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Numbers every packet that is sent inside the mesh, and checks every one that is delivered: once,
/// to whom it was for, from whom it says.
final class Mailbox {
  private static final int PORT = 7;
  private static final int UDP_HEADER = 8;

  private final Map<Long, Letter> sent = new LinkedHashMap<>();
  private final Set<Long> delivered = new LinkedHashSet<>();
  private final IpView ip = new IpView();
  private long nextNumber = 1;

  /// @param at when it was sent
  record Letter(long at, Ip from, Ip to) {}

  byte[] write(long now, Ip from, Ip to, int size) {
    long number = nextNumber++;
    sent.put(number, new Letter(now, from, to));
    byte[] payload = ByteBuffer.allocate(Math.max(size, Long.BYTES)).putLong(number).array();
    return Packets.udp(from, PORT, to, PORT, payload);
  }

  /// Called for each packet that a node's engine hands to its stack.
  void receive(Ip receiver, byte[] array, int offset, int length) {
    require(ip.wrap(array, offset, length) == PacketCheck.VALID, "a packet that is none");
    require(ip.protocol() == IpProtocol.UDP, "protocol " + ip.protocol());
    long number = ByteBuffer.wrap(array).getLong(ip.transportOffset() + UDP_HEADER);
    Letter letter = sent.get(number);
    if (letter == null) {
      throw new AssertionError("a packet that nobody sent, number " + number);
    }
    require(letter.to().equals(receiver), "a packet for " + letter.to() + " at " + receiver);
    require(letter.from().equals(ip.source()), letter + " came from " + ip.source());
    require(ip.totalLength() == length, "a packet with its padding");
    require(delivered.add(number), "delivered twice: " + letter);
  }

  /// Packets between two addresses that were sent in a period and never arrived.
  long lost(Ip from, Ip to, long since, long until) {
    return sent.entrySet().stream()
        .filter(entry -> {
          Letter letter = entry.getValue();
          return letter.from().equals(from)
              && letter.to().equals(to)
              && letter.at() >= since
              && letter.at() < until
              && !delivered.contains(entry.getKey());
        })
        .count();
  }

  long sentCount() {
    return sent.size();
  }

  long deliveredCount() {
    return delivered.size();
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }
}
