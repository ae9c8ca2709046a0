package dev.weft.simulation;

import dev.weft.base.Bytes;
import dev.weft.base.Ip;
import dev.weft.keys.NodeKey;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.packet.Packets;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Numbers every packet that is sent inside the mesh, and checks every one that is delivered: once,
/// as it was sent, to whom it was for, from whom it says.
final class Mailbox {
  private static final int PORT = 7;
  private static final int UDP_HEADER = 8;

  private final RandomGenerator random;
  private final Map<Long, Letter> sent = new LinkedHashMap<>();
  private final Set<Long> delivered = new LinkedHashSet<>();
  private final IpView ip = new IpView();
  private long nextNumber = 1;

  Mailbox(RandomGenerator random) {
    this.random = random;
  }

  /// @param at when it was sent
  /// @param recipient the key of the peer that the sender knew by the address
  record Letter(
      long at, Ip from, Ip to, NodeKey sender, @Nullable NodeKey recipient, Bytes packet) {
    @Override
    public String toString() {
      return "a packet from " + from + " to " + to + " of " + at / 1_000_000 + " ms";
    }
  }

  byte[] write(long now, SimNode from, Ip to, int size) {
    return write(now, from, from.address(), to, size);
  }

  /// @param source what the packet says, whoever sends it
  byte[] write(long now, SimNode from, Ip source, Ip to, int size) {
    long number = nextNumber++;
    byte[] content = new byte[Math.max(size, 2 * Long.BYTES)];
    random.nextBytes(content);
    ByteBuffer.wrap(content).putLong(number);
    byte[] packet = Packets.udp(source, PORT, to, PORT, content);
    NodeKey recipient = from.core().peerAt(to);
    sent.put(number, new Letter(now, source, to, from.key(), recipient, Bytes.of(packet)));
    return packet;
  }

  /// Called for each packet that a node's engine hands to its stack; returns what it is.
  Letter receive(SimNode receiver, byte[] array, int offset, int length) {
    require(ip.wrap(array, offset, length) == PacketCheck.VALID, "a packet that is none");
    require(ip.protocol() == IpProtocol.UDP, "protocol " + ip.protocol());
    long number = ByteBuffer.wrap(array).getLong(ip.transportOffset() + UDP_HEADER);
    Letter letter = sent.get(number);
    if (letter == null) {
      throw new AssertionError("a packet that nobody sent, number " + number);
    }
    require(letter.to().equals(receiver.address()), letter + " at " + receiver.address());
    require(receiver.key().equals(letter.recipient()), letter + " at another node's key");
    require(letter.from().equals(ip.source()), letter + " came from " + ip.source());
    require(letter.packet().equals(Bytes.copyOf(array, offset, length)), letter + " was changed");
    require(delivered.add(number), "delivered twice: " + letter);
    return letter;
  }

  /// Packets between two addresses that were sent in a period and never arrived.
  long lost(Ip from, Ip to, long since, long until) {
    return sent.entrySet().stream()
        .filter(entry -> {
          Letter letter = entry.getValue();
          return letter.at() >= since
              && letter.at() < until
              && letter.from().equals(from)
              && letter.to().equals(to)
              && !delivered.contains(entry.getKey());
        })
        .count();
  }

  /// What was sent in a period and never arrived.
  List<Letter> lost(long since, long until) {
    return sent.entrySet().stream()
        .filter(entry -> {
          long at = entry.getValue().at();
          return at >= since && at < until && !delivered.contains(entry.getKey());
        })
        .map(Map.Entry::getValue)
        .toList();
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
