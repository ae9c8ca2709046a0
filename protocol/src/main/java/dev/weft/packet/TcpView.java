package dev.weft.packet;

/// A TCP segment in place (RFC 9293 §3.1) with its options read.
///
/// Options the reader does not know are skipped; a length that runs out of the header makes the
/// segment malformed. Of SACK blocks at most [#MAX_SACK_BLOCKS] fit.
public final class TcpView {
  public static final int HEADER = 20;
  public static final int MAX_SACK_BLOCKS = 4;

  public static final int FIN = 0x01;
  public static final int SYN = 0x02;
  public static final int RST = 0x04;
  public static final int PSH = 0x08;
  public static final int ACK = 0x10;
  public static final int URG = 0x20;
  public static final int ECE = 0x40;
  public static final int CWR = 0x80;

  static final int CHECKSUM = 16;
  static final int OPTION_END = 0;
  static final int OPTION_NOP = 1;
  static final int OPTION_MSS = 2;
  static final int OPTION_WINDOW_SCALE = 3;
  static final int OPTION_SACK_PERMITTED = 4;
  static final int OPTION_SACK = 5;
  static final int OPTION_TIMESTAMPS = 8;

  /// NOP, NOP, timestamps: what nearly every segment of an established connection carries (RFC
  /// 7323, appendix A).
  static final int ALIGNED_TIMESTAMPS = 0x0101_080a;

  private static final int DATA_OFFSET = 12;
  private static final int FLAGS = 13;
  private static final int WINDOW = 14;

  private byte[] array = new byte[0];
  private int offset;
  private int header;
  private int length;
  private int mss;
  private int windowScale;
  private boolean sackPermitted;
  private boolean timestamps;
  private int timestampValue;
  private int timestampEcho;
  private int sackBlocks;
  private final int[] sackEdges = new int[2 * MAX_SACK_BLOCKS];

  public PacketCheck wrap(byte[] a, int at, int available) {
    if (available < HEADER) {
      return PacketCheck.TRUNCATED;
    }
    int headerLength = (a[at + DATA_OFFSET] >>> 4 & 0xf) * 4;
    if (headerLength < HEADER) {
      return PacketCheck.BAD_HEADER_LENGTH;
    }
    if (headerLength > available) {
      return PacketCheck.TRUNCATED;
    }
    array = a;
    offset = at;
    header = headerLength;
    length = available;
    mss = -1;
    windowScale = -1;
    sackPermitted = false;
    timestamps = false;
    sackBlocks = 0;
    return readOptions(at + HEADER, at + headerLength);
  }

  /// Lays the view over the eight bytes of a header that an ICMP error quotes at least (RFC 792).
  /// After that only the ports and the sequence number may be asked for.
  public PacketCheck wrapQuoted(byte[] a, int at, int available) {
    if (available < 8) {
      return PacketCheck.TRUNCATED;
    }
    array = a;
    offset = at;
    return PacketCheck.VALID;
  }

  private PacketCheck readOptions(int from, int end) {
    if (end - from == 12 && Wire.i32(array, from) == ALIGNED_TIMESTAMPS) {
      readTimestamps(from + 4);
      return PacketCheck.VALID;
    }
    int at = from;
    while (at < end) {
      int kind = Wire.u8(array, at);
      if (kind == OPTION_END) {
        break;
      }
      if (kind == OPTION_NOP) {
        at++;
        continue;
      }
      int size = at + 1 < end ? Wire.u8(array, at + 1) : 0;
      if (size < 2 || size > end - at) {
        return PacketCheck.BAD_OPTION;
      }
      readOption(kind, at + 2, size - 2);
      at += size;
    }
    return PacketCheck.VALID;
  }

  private void readOption(int kind, int at, int size) {
    if (kind == OPTION_MSS && size == 2) {
      mss = Wire.u16(array, at);
    } else if (kind == OPTION_WINDOW_SCALE && size == 1) {
      windowScale = Wire.u8(array, at);
    } else if (kind == OPTION_SACK_PERMITTED && size == 0) {
      sackPermitted = true;
    } else if (kind == OPTION_TIMESTAMPS && size == 8) {
      readTimestamps(at);
    } else if (kind == OPTION_SACK && size % 8 == 0) {
      sackBlocks = Math.min(size / 8, MAX_SACK_BLOCKS);
      for (int i = 0; i < 2 * sackBlocks; i++) {
        sackEdges[i] = Wire.i32(array, at + 4 * i);
      }
    }
  }

  private void readTimestamps(int at) {
    timestamps = true;
    timestampValue = Wire.i32(array, at);
    timestampEcho = Wire.i32(array, at + 4);
  }

  public int sourcePort() {
    return Wire.u16(array, offset);
  }

  public int destinationPort() {
    return Wire.u16(array, offset + 2);
  }

  public int sequence() {
    return Wire.i32(array, offset + 4);
  }

  public int acknowledgment() {
    return Wire.i32(array, offset + 8);
  }

  /// The eight control bits, e.g. [#SYN].
  public int flags() {
    return Wire.u8(array, offset + FLAGS);
  }

  public boolean has(int flag) {
    return (flags() & flag) != 0;
  }

  /// The window field, unscaled.
  public int window() {
    return Wire.u16(array, offset + WINDOW);
  }

  public int headerLength() {
    return header;
  }

  public int payloadOffset() {
    return offset + header;
  }

  public int payloadLength() {
    return length - header;
  }

  /// SEG.LEN: payload and the sequence numbers that SYN and FIN take.
  public int sequenceLength() {
    int flags = flags();
    return payloadLength() + (flags >>> 1 & 1) + (flags & 1);
  }

  /// The maximum segment size option, or -1.
  public int mss() {
    return mss;
  }

  /// The window scale option, or -1.
  public int windowScale() {
    return windowScale;
  }

  public boolean isSackPermitted() {
    return sackPermitted;
  }

  public boolean hasTimestamps() {
    return timestamps;
  }

  public int timestampValue() {
    return timestampValue;
  }

  public int timestampEcho() {
    return timestampEcho;
  }

  public int sackBlocks() {
    return sackBlocks;
  }

  /// The first sequence number of SACK block `i`.
  public int sackLeft(int i) {
    return sackEdges[2 * i];
  }

  /// The sequence number after the last of SACK block `i`.
  public int sackRight(int i) {
    return sackEdges[2 * i + 1];
  }
}
