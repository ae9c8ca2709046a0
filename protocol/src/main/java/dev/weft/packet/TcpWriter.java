package dev.weft.packet;

/// Writes a TCP header: the fixed part, then options one after another, then the checksum over
/// header and payload.
///
/// One writer is reused for all segments of a stack. `start`, any options, [#endOptions] (which
/// tells where the payload goes), then [#finish].
public final class TcpWriter {
  private byte[] array = new byte[0];
  private int offset;
  private int at;

  public void start(byte[] a, int position, int sourcePort, int destPort) {
    array = a;
    offset = position;
    at = position + TcpView.HEADER;
    Wire.put32(a, position, sourcePort << 16 | destPort & 0xffff);
  }

  public void numbers(int sequence, int acknowledgment) {
    Wire.put32(array, offset + 4, sequence);
    Wire.put32(array, offset + 8, acknowledgment);
  }

  public void mss(int value) {
    Wire.put32(array, at, TcpView.OPTION_MSS << 24 | 4 << 16 | value);
    at += 4;
  }

  public void sackPermitted() {
    Wire.put32(
        array,
        at,
        TcpView.OPTION_NOP << 24
            | TcpView.OPTION_NOP << 16
            | TcpView.OPTION_SACK_PERMITTED << 8
            | 2);
    at += 4;
  }

  public void windowScale(int shift) {
    Wire.put32(
        array, at, TcpView.OPTION_NOP << 24 | TcpView.OPTION_WINDOW_SCALE << 16 | 3 << 8 | shift);
    at += 4;
  }

  public void timestamps(int value, int echo) {
    Wire.put32(array, at, TcpView.ALIGNED_TIMESTAMPS);
    Wire.put32(array, at + 4, value);
    Wire.put32(array, at + 8, echo);
    at += 12;
  }

  /// `blocks` pairs of left and right edges from `edges`.
  public void sack(int[] edges, int blocks) {
    Wire.put32(
        array,
        at,
        TcpView.OPTION_NOP << 24
            | TcpView.OPTION_NOP << 16
            | TcpView.OPTION_SACK << 8
            | 2 + 8 * blocks);
    at += 4;
    for (int i = 0; i < 2 * blocks; i++, at += 4) {
      Wire.put32(array, at, edges[i]);
    }
  }

  /// Closes the header and returns where the payload belongs. Options are multiples of four, so no
  /// padding is needed.
  public int endOptions(int flags, int window) {
    Wire.put16(array, offset + 12, (at - offset) / 4 << 12 | flags);
    Wire.put16(array, offset + 14, window);
    Wire.put32(array, offset + TcpView.CHECKSUM, 0);
    return at;
  }

  /// Fills the checksum in over the header and `payloadLength` bytes behind it.
  public void finish(IpWriter addresses, int payloadLength) {
    int length = at - offset + payloadLength;
    long sum = Checksum.sum(array, offset, length);
    sum += addresses.pseudoHeader(IpProtocol.TCP, length);
    Wire.put16(array, offset + TcpView.CHECKSUM, Checksum.finish(sum));
  }
}
