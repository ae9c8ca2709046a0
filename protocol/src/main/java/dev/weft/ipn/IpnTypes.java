package dev.weft.ipn;

import static dev.weft.json.JsonTypes.listOf;
import static dev.weft.json.JsonTypes.mapOf;
import static dev.weft.json.JsonTypes.text;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import dev.weft.json.RawJson;
import dev.weft.keys.NodeKey;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// The value types that several LocalAPI messages share, and Go's way to write nothing.
final class IpnTypes {
  static final JsonType<NodeKey> NODE_KEY = text(NodeKey::parse, NodeKey::toString);
  static final JsonType<List<String>> STRINGS = listOf(JsonTypes.STRING);
  static final JsonType<List<Ip>> ADDRESSES = listOf(text(Ip::parse, Ip::toString));
  static final JsonType<List<IpPrefix>> PREFIXES =
      listOf(text(IpPrefix::parse, IpPrefix::toString));
  static final JsonType<SortedMap<String, List<RawJson>>> CAPS = mapOf(listOf(RawJson.JSON));

  private IpnTypes() {}

  /// A Go slice that was never filled is written as `null`.
  static <T> @Nullable List<T> nullIfEmpty(List<T> list) {
    return list.isEmpty() ? null : list;
  }

  /// A Go map that was never filled is written as `null`.
  static <K, V> @Nullable SortedMap<K, V> nullIfEmpty(SortedMap<K, V> map) {
    return map.isEmpty() ? null : map;
  }

  /// A Go time that was never set is written as the year 1.
  static Instant zeroIfNull(@Nullable Instant time) {
    return Objects.requireNonNullElse(time, JsonTypes.ZERO_TIME);
  }
}
