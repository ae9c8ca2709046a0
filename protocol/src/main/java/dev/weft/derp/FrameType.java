package dev.weft.derp;

import org.jspecify.annotations.Nullable;

/// The frames of `docs/protocol/dataplane.md §5.1`, with the least and most bytes of payload that a
/// receiver accepts.
public enum FrameType {
  SERVER_KEY(0x01, "ServerKey", Sender.SERVER, 40, 1024),
  CLIENT_INFO(0x02, "ClientInfo", Sender.CLIENT, 72, 256 << 10),
  SERVER_INFO(0x03, "ServerInfo", Sender.SERVER, 40, 256 << 10),
  SEND_PACKET(0x04, "SendPacket", Sender.CLIENT, 32, 32 + FrameType.MAX_PACKET),
  RECV_PACKET(0x05, "RecvPacket", Sender.SERVER, 32, 32 + FrameType.MAX_PACKET),
  KEEP_ALIVE(0x06, "KeepAlive", Sender.SERVER, 0, 1024),
  NOTE_PREFERRED(0x07, "NotePreferred", Sender.CLIENT, 1, 1),
  PEER_GONE(0x08, "PeerGone", Sender.SERVER, 32, 1024),
  PEER_PRESENT(0x09, "PeerPresent", Sender.SERVER, 32, 1024),
  FORWARD_PACKET(0x0a, "ForwardPacket", Sender.CLIENT, 64, 64 + FrameType.MAX_PACKET),
  WATCH_CONNS(0x10, "WatchConns", Sender.CLIENT, 0, 0),
  CLOSE_PEER(0x11, "ClosePeer", Sender.CLIENT, 32, 32),
  PING(0x12, "Ping", Sender.BOTH, 8, 1000),
  PONG(0x13, "Pong", Sender.BOTH, 8, 1000),
  HEALTH(0x14, "Health", Sender.SERVER, 0, 64 << 10),
  RESTARTING(0x15, "Restarting", Sender.SERVER, 8, 1024);

  /// Who may send a frame. A mesh peer is a client with more rights.
  public enum Sender {
    CLIENT,
    SERVER,
    BOTH
  }

  /// Bytes of the longest packet that SendPacket, RecvPacket and ForwardPacket carry.
  public static final int MAX_PACKET = 64 << 10;

  private static final @Nullable FrameType[] BY_CODE = byCode();

  private final int code;
  private final String spelling;
  private final Sender sender;
  private final int minLength;
  private final int maxLength;

  FrameType(int code, String spelling, Sender sender, int minLength, int maxLength) {
    this.code = code;
    this.spelling = spelling;
    this.sender = sender;
    this.minLength = minLength;
    this.maxLength = maxLength;
  }

  /// The type of a code on the wire, `null` for one that is not known here.
  static @Nullable FrameType of(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }

  public int code() {
    return code;
  }

  public int minLength() {
    return minLength;
  }

  public int maxLength() {
    return maxLength;
  }

  boolean mayComeFrom(Sender who) {
    return sender == Sender.BOTH || sender == who;
  }

  /// The specification's spelling.
  @Override
  public String toString() {
    return spelling;
  }

  private static @Nullable FrameType[] byCode() {
    @Nullable FrameType[] table = new @Nullable FrameType[0x16];
    for (FrameType type : values()) {
      table[type.code] = type;
    }
    return table;
  }
}
