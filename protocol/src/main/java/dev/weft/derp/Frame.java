package dev.weft.derp;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.keys.NodeKey;
import org.jspecify.annotations.Nullable;

/// One frame of a DERP stream, understood. The records keep the specification's names; what each
/// payload looks like is in `docs/protocol/dataplane.md §5.1`.
public sealed interface Frame extends FrameOutcome {
  FrameType type();

  /// The relay's greeting.
  record ServerKey(NodeKey key) implements Frame {
    @Override
    public FrameType type() {
      return FrameType.SERVER_KEY;
    }
  }

  /// The client's introduction, readable by the relay alone: see [ClientInfo#open].
  record SealedClientInfo(NodeKey client, Bytes nonce, Bytes box) implements Frame {
    @Override
    public FrameType type() {
      return FrameType.CLIENT_INFO;
    }
  }

  /// The relay's reply to it, readable by that client alone: see [ServerInfo#open].
  record SealedServerInfo(Bytes nonce, Bytes box) implements Frame {
    @Override
    public FrameType type() {
      return FrameType.SERVER_INFO;
    }
  }

  record SendPacket(NodeKey destination, Bytes packet) implements Frame {
    @Override
    public FrameType type() {
      return FrameType.SEND_PACKET;
    }
  }

  record RecvPacket(NodeKey source, Bytes packet) implements Frame {
    @Override
    public FrameType type() {
      return FrameType.RECV_PACKET;
    }
  }

  record KeepAlive() implements Frame {
    @Override
    public FrameType type() {
      return FrameType.KEEP_ALIVE;
    }
  }

  /// Whether this relay is the client's home.
  record NotePreferred(boolean isHome) implements Frame {
    @Override
    public FrameType type() {
      return FrameType.NOTE_PREFERRED;
    }
  }

  /// A peer cannot be reached through this relay (any more).
  record PeerGone(NodeKey peer, Reason reason) implements Frame {
    public enum Reason {
      /// It was here and its connection ended.
      DISCONNECTED(0),
      /// It is not connected; told to whoever sent it a disco packet.
      NOT_HERE(1);

      private final int code;

      Reason(int code) {
        this.code = code;
      }

      int code() {
        return code;
      }
    }

    @Override
    public FrameType type() {
      return FrameType.PEER_GONE;
    }
  }

  /// A client has connected; told to mesh peers. Old relays name no address and no flags.
  record PeerPresent(NodeKey peer, @Nullable Endpoint address, int flags) implements Frame {
    public static final int REGULAR = 1;
    public static final int MESH_PEER = 2;
    public static final int PROBER = 4;
    public static final int NOT_IDEAL = 8;

    public PeerPresent {
      if (flags < 0 || flags > 0xff || (address == null && flags != 0)) {
        throw new IllegalArgumentException("flags are one byte, and follow an address: " + flags);
      }
    }

    @Override
    public FrameType type() {
      return FrameType.PEER_PRESENT;
    }
  }

  record ForwardPacket(NodeKey source, NodeKey destination, Bytes packet) implements Frame {
    @Override
    public FrameType type() {
      return FrameType.FORWARD_PACKET;
    }
  }

  record WatchConns() implements Frame {
    @Override
    public FrameType type() {
      return FrameType.WATCH_CONNS;
    }
  }

  record ClosePeer(NodeKey peer) implements Frame {
    @Override
    public FrameType type() {
      return FrameType.CLOSE_PEER;
    }
  }

  /// Of a longer ping only these eight bytes come back.
  record Ping(long data) implements Frame {
    @Override
    public FrameType type() {
      return FrameType.PING;
    }
  }

  record Pong(long data) implements Frame {
    @Override
    public FrameType type() {
      return FrameType.PONG;
    }
  }

  /// What is wrong with the connection, for the user to read; empty when nothing is. Control
  /// characters are gone: the text ends up on terminals.
  record Health(String problem) implements Frame {
    static final int MAX_LENGTH = 500;

    public Health {
      problem = FrameBodies.printable(problem, MAX_LENGTH);
    }

    @Override
    public FrameType type() {
      return FrameType.HEALTH;
    }
  }

  /// The relay goes down: reconnect after the first time, for as long as the second.
  record Restarting(long reconnectInMillis, long tryForMillis) implements Frame {
    @Override
    public FrameType type() {
      return FrameType.RESTARTING;
    }
  }

  /// Reads the payload that follows a [FrameHeader].
  static FrameOutcome parse(FrameHeader header, byte[] b, int offset) {
    return FrameBodies.parse(header, b, offset);
  }

  /// Header and payload.
  default byte[] encode() {
    return FrameBodies.encode(this);
  }
}
