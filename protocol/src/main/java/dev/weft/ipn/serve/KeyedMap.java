package dev.weft.ipn.serve;

import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// A map whose keys mean more than text, written in the order of their text as Go does.
record KeyedMap<K extends Comparable<K>, V>(
    Function<String, K> key, JsonType<SortedMap<String, V>> texts)
    implements JsonType<SortedMap<K, V>> {

  static <V> JsonType<SortedMap<Integer, V>> byPort(JsonType<V> value) {
    return new KeyedMap<>(KeyedMap::port, JsonTypes.mapOf(value));
  }

  static <V> JsonType<SortedMap<HostPort, V>> byHost(JsonType<V> value) {
    return new KeyedMap<>(HostPort::parse, JsonTypes.mapOf(value));
  }

  private static int port(String text) {
    int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("\"" + text + "\" is no port number");
    }
    return port;
  }

  @Override
  public SortedMap<K, V> read(JsonReader in) {
    SortedMap<String, V> read = texts.read(in);
    SortedMap<K, V> keyed = new TreeMap<>();
    if (read != null) {
      read.forEach((text, value) -> keyed.put(key.apply(text), value));
    }
    return keyed;
  }

  @Override
  public void write(JsonWriter out, SortedMap<K, V> map) {
    SortedMap<String, V> keyed = new TreeMap<>();
    map.forEach((k, value) -> keyed.put(k.toString(), value));
    texts.write(out, keyed);
  }

  @Override
  public boolean isEmpty(SortedMap<K, V> map) {
    return map.isEmpty();
  }
}
