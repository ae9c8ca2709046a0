package dev.weft.disco;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Reads fields one after the other. The caller has looked at [#remaining] first.
final class Reader {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private int at;

  Reader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
  }

  int remaining() {
    return end - at;
  }

  int integer() {
    return (int) INT.get(bytes, advance(Integer.BYTES));
  }

  long longInteger() {
    return (long) LONG.get(bytes, advance(Long.BYTES));
  }

  TxId txId() {
    return TxId.read(bytes, advance(TxId.LENGTH));
  }

  DiscoKey discoKey() {
    return DiscoKey.ofBytes(bytes, advance(DiscoCodec.KEY));
  }

  NodeKey nodeKey() {
    return NodeKey.ofBytes(bytes, advance(DiscoCodec.KEY));
  }

  Bytes bytes(int length) {
    return Bytes.copyOf(bytes, advance(length), length);
  }

  /// IPv4 travels mapped into IPv6 and must compare equal to what a socket reports.
  Endpoint endpoint() {
    Ip ip = Ip.ofBytes(bytes, advance(16), 16).unmap();
    return new Endpoint(ip, (short) SHORT.get(bytes, advance(Short.BYTES)) & 0xffff);
  }

  /// All that remain.
  List<Endpoint> endpoints() {
    List<Endpoint> endpoints = new ArrayList<>(remaining() / DiscoCodec.ADDRESS);
    while (remaining() > 0) {
      endpoints.add(endpoint());
    }
    return endpoints;
  }

  private int advance(int length) {
    int from = at;
    at += length;
    return from;
  }
}
