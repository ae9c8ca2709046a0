package dev.weft.disco;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/// Writes one message into an array of just its length.
final class Writer {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private int at;

  Writer(byte type, int payload) {
    bytes = new byte[DiscoCodec.HEADER + payload];
    bytes[0] = type;
    bytes[1] = DiscoCodec.VERSION;
    at = DiscoCodec.HEADER;
  }

  Writer put(int value) {
    INT.set(bytes, advance(Integer.BYTES), value);
    return this;
  }

  Writer put(long value) {
    LONG.set(bytes, advance(Long.BYTES), value);
    return this;
  }

  Writer put(TxId txId) {
    txId.write(bytes, advance(TxId.LENGTH));
    return this;
  }

  Writer put(DiscoKey key) {
    key.copyTo(bytes, advance(DiscoCodec.KEY));
    return this;
  }

  Writer put(NodeKey key) {
    key.copyTo(bytes, advance(DiscoCodec.KEY));
    return this;
  }

  Writer put(Bytes value) {
    value.copyTo(bytes, advance(value.length()));
    return this;
  }

  Writer put(Endpoint endpoint) {
    endpoint.ip().writeMapped16(bytes, advance(16));
    SHORT.set(bytes, advance(Short.BYTES), (short) endpoint.port());
    return this;
  }

  Writer put(List<Endpoint> endpoints) {
    endpoints.forEach(this::put);
    return this;
  }

  Writer put(UdpRelayEndpoint endpoint) {
    return put(endpoint.server())
        .put(endpoint.clientA())
        .put(endpoint.clientB())
        .put(endpoint.lamportId())
        .put(endpoint.vni())
        .put(endpoint.bindLifetimeNanos())
        .put(endpoint.steadyStateLifetimeNanos())
        .put(endpoint.addresses());
  }

  /// The message; bytes not written are zero.
  byte[] done() {
    return bytes;
  }

  private int advance(int length) {
    int from = at;
    at += length;
    return from;
  }
}
