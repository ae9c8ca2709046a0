package dev.weft.disco;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a disco packet says, once opened (`docs/protocol/dataplane.md` §2.2).
///
/// Who may send which over what (§2.3) is for the receiver to check: a call-me-maybe that came by
/// UDP parses as well as one that came by DERP.
public sealed interface DiscoMessage {
  /// "Are you there?", asked over the path that is to be tried.
  ///
  /// @param nodeKey who the sender says it is; absent from clients before 1.16. By itself it proves
  ///   nothing: it only picks among the nodes that share the sealing disco key
  /// @param padding zero bytes at the end, which make a ping as large as the packets it stands for
  record Ping(TxId txId, @Nullable NodeKey nodeKey, int padding) implements DiscoMessage {
    public Ping {
      if (padding < 0) {
        throw new IllegalArgumentException("negative padding: " + padding);
      }
      if (nodeKey == null && padding >= DiscoCodec.KEY) {
        throw new IllegalArgumentException("this much padding would be read as a node key");
      }
    }
  }

  /// "I am here", sent back by the path of the ping.
  ///
  /// @param source where the ping came from, as its receiver saw it
  record Pong(TxId txId, Endpoint source) implements DiscoMessage {}

  /// "These are my endpoints, please ping them": sent over DERP when the sender has just opened its
  /// own side of the path.
  record CallMeMaybe(List<Endpoint> endpoints) implements DiscoMessage {
    public CallMeMaybe {
      endpoints = List.copyOf(endpoints);
    }
  }

  /// A client asks a peer relay to bind one leg of an allocated endpoint.
  record BindUdpRelayEndpoint(RelayHandshake handshake) implements DiscoMessage {}

  /// The relay makes sure that the client receives where it claims to be.
  record BindUdpRelayEndpointChallenge(RelayHandshake handshake) implements DiscoMessage {}

  /// The client returns the challenge.
  record BindUdpRelayEndpointAnswer(RelayHandshake handshake) implements DiscoMessage {}

  /// "Meet me at this relay endpoint."
  record CallMeMaybeVia(UdpRelayEndpoint endpoint) implements DiscoMessage {}

  /// A client asks a peer that relays for an endpoint that joins two disco keys.
  ///
  /// @param generation echoed in the response
  record AllocateUdpRelayEndpointRequest(DiscoKey clientA, DiscoKey clientB, int generation)
      implements DiscoMessage {}

  /// The endpoint that was allocated.
  record AllocateUdpRelayEndpointResponse(int generation, UdpRelayEndpoint endpoint)
      implements DiscoMessage {}

  /// What the three bind messages have in common, and their sizes equal.
  ///
  /// @param vni must equal the one in the Geneve header around the message
  /// @param generation unsigned, not zero, new with each handshake
  /// @param remote the *other* client of the endpoint
  /// @param challenge 32 bytes, zero in the first message
  record RelayHandshake(int vni, int generation, DiscoKey remote, Bytes challenge) {
    public RelayHandshake {
      if (challenge.length() != DiscoCodec.CHALLENGE) {
        throw new IllegalArgumentException("challenge of " + challenge.length() + " bytes");
      }
    }
  }

  /// The content without magic, keys and seal.
  default byte[] encode() {
    return DiscoCodec.encode(this);
  }

  /// Parses opened content. Unknown types and short messages are empty; bytes after a known message
  /// are ignored.
  static Optional<DiscoMessage> parse(byte[] array, int offset, int length) {
    return Optional.ofNullable(DiscoCodec.parse(array, offset, length));
  }
}
