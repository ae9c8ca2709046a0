package dev.weft.derp;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.crypto.Box;
import dev.weft.derp.Frame.PeerGone;
import dev.weft.derp.Frame.PeerPresent;
import dev.weft.keys.NodeKey;
import java.nio.charset.StandardCharsets;

/// The payload of each frame, read and written. A header has already bounded the length.
final class FrameBodies {
  /// "DERP" and a key, in UTF-8.
  private static final Bytes MAGIC = Bytes.fromHex("44455250f09f9491");

  private static final int KEY = NodeKey.BYTES;
  private static final int NONCE = Box.NONCE_BYTES;
  private static final int ADDRESS_LENGTH = 16 + 2;

  private FrameBodies() {}

  static FrameOutcome parse(FrameHeader header, byte[] b, int at) {
    int length = header.length();
    return switch (header.type()) {
      case SERVER_KEY -> serverKey(b, at);
      case CLIENT_INFO ->
          new Frame.SealedClientInfo(
              NodeKey.ofBytes(b, at),
              Bytes.copyOf(b, at + KEY, NONCE),
              Bytes.copyOf(b, at + KEY + NONCE, length - KEY - NONCE));
      case SERVER_INFO ->
          new Frame.SealedServerInfo(
              Bytes.copyOf(b, at, NONCE), Bytes.copyOf(b, at + NONCE, length - NONCE));
      case SEND_PACKET ->
          new Frame.SendPacket(NodeKey.ofBytes(b, at), Bytes.copyOf(b, at + KEY, length - KEY));
      case RECV_PACKET ->
          new Frame.RecvPacket(NodeKey.ofBytes(b, at), Bytes.copyOf(b, at + KEY, length - KEY));
      case KEEP_ALIVE -> new Frame.KeepAlive();
      case NOTE_PREFERRED -> new Frame.NotePreferred(b[at] == 1);
      case PEER_GONE -> peerGone(b, at, length);
      case PEER_PRESENT -> peerPresent(b, at, length);
      case FORWARD_PACKET ->
          new Frame.ForwardPacket(
              NodeKey.ofBytes(b, at),
              NodeKey.ofBytes(b, at + KEY),
              Bytes.copyOf(b, at + 2 * KEY, length - 2 * KEY));
      case WATCH_CONNS -> new Frame.WatchConns();
      case CLOSE_PEER -> new Frame.ClosePeer(NodeKey.ofBytes(b, at));
      case PING -> new Frame.Ping(Wire.int64(b, at));
      case PONG -> new Frame.Pong(Wire.int64(b, at));
      case HEALTH -> new Frame.Health(new String(b, at, length, StandardCharsets.UTF_8));
      case RESTARTING ->
          new Frame.Restarting(
              Integer.toUnsignedLong(Wire.int32(b, at)),
              Integer.toUnsignedLong(Wire.int32(b, at + 4)));
    };
  }

  static byte[] encode(Frame frame) {
    return switch (frame) {
      case Frame.ServerKey(NodeKey key) -> frame(frame, MAGIC, key.raw());
      case Frame.SealedClientInfo(NodeKey client, Bytes nonce, Bytes box) ->
          frame(frame, client.raw(), nonce, box);
      case Frame.SealedServerInfo(Bytes nonce, Bytes box) -> frame(frame, nonce, box);
      case Frame.SendPacket(NodeKey destination, Bytes packet) ->
          frame(frame, destination.raw(), packet);
      case Frame.RecvPacket(NodeKey source, Bytes packet) -> frame(frame, source.raw(), packet);
      case Frame.KeepAlive() -> frame(frame);
      case Frame.NotePreferred(boolean isHome) -> frame(frame, Bytes.of((byte) (isHome ? 1 : 0)));
      case Frame.PeerGone(NodeKey peer, PeerGone.Reason reason) ->
          frame(frame, peer.raw(), Bytes.of((byte) reason.code()));
      case Frame.PeerPresent present -> frame(frame, present.peer().raw(), presence(present));
      case Frame.ForwardPacket(NodeKey source, NodeKey destination, Bytes packet) ->
          frame(frame, source.raw(), destination.raw(), packet);
      case Frame.WatchConns() -> frame(frame);
      case Frame.ClosePeer(NodeKey peer) -> frame(frame, peer.raw());
      case Frame.Ping(long data) -> frame(frame, int64(data));
      case Frame.Pong(long data) -> frame(frame, int64(data));
      case Frame.Health(String problem) ->
          frame(frame, Bytes.of(problem.getBytes(StandardCharsets.UTF_8)));
      case Frame.Restarting(long reconnectIn, long tryFor) ->
          frame(frame, int64(reconnectIn << 32 | (tryFor & 0xffff_ffffL)));
    };
  }

  /// Without what a terminal would obey, and short.
  static String printable(String text, int maxLength) {
    StringBuilder out = new StringBuilder(Math.min(text.length(), maxLength));
    text.codePoints()
        .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT)
        .limit(maxLength)
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static FrameOutcome serverKey(byte[] b, int at) {
    if (!Bytes.copyOf(b, at, MAGIC.length()).equals(MAGIC)) {
      return FrameFault.NOT_DERP;
    }
    return new Frame.ServerKey(NodeKey.ofBytes(b, at + MAGIC.length()));
  }

  /// Old relays give no reason, and one of the future still says that the peer is gone.
  private static FrameOutcome peerGone(byte[] b, int at, int length) {
    boolean notHere = length > KEY && b[at + KEY] == PeerGone.Reason.NOT_HERE.code();
    return new Frame.PeerGone(
        NodeKey.ofBytes(b, at), notHere ? PeerGone.Reason.NOT_HERE : PeerGone.Reason.DISCONNECTED);
  }

  private static FrameOutcome peerPresent(byte[] b, int at, int length) {
    NodeKey peer = NodeKey.ofBytes(b, at);
    if (length < KEY + ADDRESS_LENGTH) {
      return new PeerPresent(peer, null, 0);
    }
    Ip ip = Ip.ofBytes(b, at + KEY, 16).unmap();
    Endpoint address = new Endpoint(ip, Wire.int16(b, at + KEY + 16));
    int flags = length > KEY + ADDRESS_LENGTH ? b[at + KEY + ADDRESS_LENGTH] & 0xff : 0;
    return new PeerPresent(peer, address, flags);
  }

  private static Bytes presence(PeerPresent present) {
    Endpoint address = present.address();
    if (address == null) {
      return Bytes.EMPTY;
    }
    byte[] b = new byte[ADDRESS_LENGTH + 1];
    address.ip().writeMapped16(b, 0);
    Wire.putInt16(b, 16, address.port());
    b[ADDRESS_LENGTH] = (byte) present.flags();
    return Bytes.of(b);
  }

  private static Bytes int64(long value) {
    byte[] b = new byte[Long.BYTES];
    Wire.putInt64(b, 0, value);
    return Bytes.of(b);
  }

  private static byte[] frame(Frame frame, Bytes... parts) {
    int length = 0;
    for (Bytes part : parts) {
      length += part.length();
    }
    byte[] b = new byte[FrameHeader.LENGTH + length];
    new FrameHeader(frame.type(), length).write(b, 0);
    int at = FrameHeader.LENGTH;
    for (Bytes part : parts) {
      part.copyTo(b, at);
      at += part.length();
    }
    return b;
  }
}
