package dev.weft.disco;

import dev.weft.base.Endpoint;
import dev.weft.disco.DiscoMessage.AllocateUdpRelayEndpointRequest;
import dev.weft.disco.DiscoMessage.AllocateUdpRelayEndpointResponse;
import dev.weft.disco.DiscoMessage.BindUdpRelayEndpoint;
import dev.weft.disco.DiscoMessage.BindUdpRelayEndpointAnswer;
import dev.weft.disco.DiscoMessage.BindUdpRelayEndpointChallenge;
import dev.weft.disco.DiscoMessage.CallMeMaybe;
import dev.weft.disco.DiscoMessage.CallMeMaybeVia;
import dev.weft.disco.DiscoMessage.Ping;
import dev.weft.disco.DiscoMessage.Pong;
import dev.weft.disco.DiscoMessage.RelayHandshake;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The byte layouts of `docs/protocol/dataplane.md` §2.2. Integers are big-endian.
final class DiscoCodec {
  static final int KEY = 32;
  static final int CHALLENGE = 32;

  static final int HEADER = 2;
  static final byte VERSION = 0;
  static final int ADDRESS = 16 + 2;
  private static final int PONG = TxId.LENGTH + ADDRESS;
  private static final int HANDSHAKE = 4 + 4 + KEY + CHALLENGE;
  private static final int ALLOCATE_REQUEST = 2 * KEY + 4;
  private static final int RELAY_ENDPOINT_FIXED = 3 * KEY + 8 + 4 + 8 + 8;

  private static final byte PING = 1;
  private static final byte PONG_TYPE = 2;
  private static final byte CALL_ME_MAYBE = 3;
  private static final byte BIND = 4;
  private static final byte BIND_CHALLENGE = 5;
  private static final byte BIND_ANSWER = 6;
  private static final byte CALL_ME_MAYBE_VIA = 7;
  private static final byte ALLOCATE_REQUEST_TYPE = 8;
  private static final byte ALLOCATE_RESPONSE = 9;

  private DiscoCodec() {}

  static byte[] encode(DiscoMessage message) {
    return switch (message) {
      case Ping ping -> encodePing(ping);
      case Pong(TxId txId, Endpoint source) ->
          new Writer(PONG_TYPE, PONG).put(txId).put(source).done();
      case CallMeMaybe(List<Endpoint> endpoints) ->
          new Writer(CALL_ME_MAYBE, endpoints.size() * ADDRESS).put(endpoints).done();
      case BindUdpRelayEndpoint(RelayHandshake handshake) -> encodeHandshake(BIND, handshake);
      case BindUdpRelayEndpointChallenge(RelayHandshake handshake) ->
          encodeHandshake(BIND_CHALLENGE, handshake);
      case BindUdpRelayEndpointAnswer(RelayHandshake handshake) ->
          encodeHandshake(BIND_ANSWER, handshake);
      case CallMeMaybeVia(UdpRelayEndpoint endpoint) ->
          new Writer(CALL_ME_MAYBE_VIA, lengthOf(endpoint)).put(endpoint).done();
      case AllocateUdpRelayEndpointRequest(DiscoKey clientA, DiscoKey clientB, int generation) ->
          new Writer(ALLOCATE_REQUEST_TYPE, ALLOCATE_REQUEST)
              .put(clientA)
              .put(clientB)
              .put(generation)
              .done();
      case AllocateUdpRelayEndpointResponse(int generation, UdpRelayEndpoint endpoint) ->
          new Writer(ALLOCATE_RESPONSE, Integer.BYTES + lengthOf(endpoint))
              .put(generation)
              .put(endpoint)
              .done();
    };
  }

  static @Nullable DiscoMessage parse(byte[] array, int offset, int length) {
    if (length < HEADER) {
      return null;
    }
    byte type = array[offset];
    byte version = array[offset + 1];
    Reader in = new Reader(array, offset + HEADER, length - HEADER);
    if (type >= CALL_ME_MAYBE_VIA && version != VERSION) {
      return null;
    }
    return switch (type) {
      case PING -> parsePing(in);
      case PONG_TYPE -> in.remaining() < PONG ? null : new Pong(in.txId(), in.endpoint());
      case CALL_ME_MAYBE -> parseCallMeMaybe(version, in);
      case BIND, BIND_CHALLENGE, BIND_ANSWER -> parseHandshake(type, in);
      case CALL_ME_MAYBE_VIA -> {
        UdpRelayEndpoint endpoint = parseRelayEndpoint(in);
        yield endpoint == null ? null : new CallMeMaybeVia(endpoint);
      }
      case ALLOCATE_REQUEST_TYPE ->
          in.remaining() < ALLOCATE_REQUEST
              ? null
              : new AllocateUdpRelayEndpointRequest(in.discoKey(), in.discoKey(), in.integer());
      case ALLOCATE_RESPONSE -> parseAllocateResponse(in);
      default -> null; // a later version's message
    };
  }

  private static byte[] encodePing(Ping ping) {
    NodeKey nodeKey = ping.nodeKey();
    int keyLength = nodeKey == null ? 0 : KEY;
    Writer out = new Writer(PING, TxId.LENGTH + keyLength + ping.padding()).put(ping.txId());
    return nodeKey == null ? out.done() : out.put(nodeKey).done();
  }

  private static @Nullable Ping parsePing(Reader in) {
    if (in.remaining() < TxId.LENGTH) {
      return null;
    }
    TxId txId = in.txId();
    NodeKey nodeKey = in.remaining() < KEY ? null : in.nodeKey();
    return new Ping(txId, nodeKey, in.remaining());
  }

  /// A length or version that makes no sense is still a call without endpoints.
  private static CallMeMaybe parseCallMeMaybe(byte version, Reader in) {
    if (version != VERSION || in.remaining() % ADDRESS != 0) {
      return new CallMeMaybe(List.of());
    }
    return new CallMeMaybe(in.endpoints());
  }

  private static byte[] encodeHandshake(byte type, RelayHandshake handshake) {
    return new Writer(type, HANDSHAKE)
        .put(handshake.vni())
        .put(handshake.generation())
        .put(handshake.remote())
        .put(handshake.challenge())
        .done();
  }

  private static @Nullable DiscoMessage parseHandshake(byte type, Reader in) {
    if (in.remaining() < HANDSHAKE) {
      return null;
    }
    RelayHandshake handshake =
        new RelayHandshake(in.integer(), in.integer(), in.discoKey(), in.bytes(CHALLENGE));
    return switch (type) {
      case BIND -> new BindUdpRelayEndpoint(handshake);
      case BIND_CHALLENGE -> new BindUdpRelayEndpointChallenge(handshake);
      default -> new BindUdpRelayEndpointAnswer(handshake);
    };
  }

  private static @Nullable DiscoMessage parseAllocateResponse(Reader in) {
    if (in.remaining() < Integer.BYTES) {
      return null;
    }
    int generation = in.integer();
    UdpRelayEndpoint endpoint = parseRelayEndpoint(in);
    return endpoint == null ? null : new AllocateUdpRelayEndpointResponse(generation, endpoint);
  }

  private static int lengthOf(UdpRelayEndpoint endpoint) {
    return RELAY_ENDPOINT_FIXED + endpoint.addresses().size() * ADDRESS;
  }

  private static @Nullable UdpRelayEndpoint parseRelayEndpoint(Reader in) {
    int addresses = in.remaining() - RELAY_ENDPOINT_FIXED;
    if (addresses < ADDRESS || addresses % ADDRESS != 0) {
      return null;
    }
    return new UdpRelayEndpoint(
        in.discoKey(),
        in.discoKey(),
        in.discoKey(),
        in.longInteger(),
        in.integer(),
        in.longInteger(),
        in.longInteger(),
        in.endpoints());
  }
}
