package dev.weft.runtime.localapi;

import dev.weft.base.Segments;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes captured packets to a connection as a pcap file, in the framing of the original, so that
/// its Wireshark dissector reads it (`docs/protocol/services.md` §6.8).
///
/// A reader that does not keep up loses packets, not the daemon its memory: while the connection's
/// buffer is over its mark, packets are counted and left out.
final class CaptureStream implements PacketSink {
  private static final Logger log = LoggerFactory.getLogger(CaptureStream.class);

  private static final int MAGIC = 0xa1b2c3d4; // times in microseconds
  private static final int MAJOR = 2;
  private static final int MINOR = 4;
  private static final int MAX_PACKET = 65_535;
  private static final int LINKTYPE_USER0 = 147;
  private static final int FILE_HEADER = 24;
  private static final int RECORD_HEADER = 16;

  /// The way (16 bits), and two empty addresses of a translation that we never do.
  private static final int PREFIX = 4;

  private final Channel channel;
  private long lost;

  CaptureStream(Channel channel) {
    this.channel = channel;
  }

  void begin() {
    ByteBuf head = channel.alloc().buffer(FILE_HEADER);
    head.writeIntLE(MAGIC).writeShortLE(MAJOR).writeShortLE(MINOR);
    head.writeIntLE(0).writeIntLE(0); // UTC, to the accuracy there is
    head.writeIntLE(MAX_PACKET).writeIntLE(LINKTYPE_USER0);
    channel.writeAndFlush(new DefaultHttpContent(head));
  }

  @Override
  public void on(Way way, Segments packets) {
    if (!channel.isWritable()) {
      lost += packets.count();
      return;
    }
    Instant now = Instant.now();
    int count = packets.count();
    ByteBuf out = channel.alloc().buffer(packets.length() + count * (RECORD_HEADER + PREFIX));
    for (int i = 0; i < count; i++) {
      int length = packets.length(i);
      out.writeIntLE((int) now.getEpochSecond()).writeIntLE(now.getNano() / 1000);
      out.writeIntLE(length + PREFIX).writeIntLE(length + PREFIX);
      out.writeShortLE(way.code()).writeShortLE(0);
      out.writeBytes(packets.array(), packets.offset(i), length);
    }
    channel.writeAndFlush(new DefaultHttpContent(out));
  }

  void ended() {
    if (lost > 0) {
      log.warn("a capture left out {} packets, which its reader was too slow for", lost);
    }
  }
}
