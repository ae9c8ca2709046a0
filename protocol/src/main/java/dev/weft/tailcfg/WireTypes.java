package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.text;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.json.JsonType;
import dev.weft.keys.ChallengeKey;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.Base64;
import java.util.function.Function;
import java.util.function.Predicate;

/// Keys and addresses as text, `docs/protocol/control.md` §1.1. An all-zero key stands for none.
final class WireTypes {
  static final JsonType<NodeKey> NODE_KEY = key(NodeKey::parse, NodeKey::isZero);
  static final JsonType<MachineKey> MACHINE_KEY = key(MachineKey::parse, MachineKey::isZero);
  static final JsonType<DiscoKey> DISCO_KEY = key(DiscoKey::parse, DiscoKey::isZero);
  static final JsonType<ChallengeKey> CHALLENGE_KEY =
      key(ChallengeKey::parse, ChallengeKey::isZero);

  static final JsonType<Ip> IP = text(Ip::parse, Ip::toString);
  static final JsonType<IpPrefix> PREFIX = text(IpPrefix::parse, IpPrefix::toString);

  /// Lenient: an endpoint that cannot be used, such as one with a zone, reads as absent.
  static final JsonType<Endpoint> ENDPOINT =
      text(t -> Endpoint.tryParse(t).orElse(null), Endpoint::toString);

  static final JsonType<Bytes> BYTES =
      text(
          t -> Bytes.of(Base64.getDecoder().decode(t)),
          b -> Base64.getEncoder().encodeToString(b.toArray()));

  /// A relay region: a number that cannot be one, which nobody but the node itself chooses, reads
  /// as none.
  static final JsonType<Integer> REGION =
      new JsonType<>() {
        @Override
        public Integer read(JsonReader in) {
          long region = in.readLong();
          return region > 0 && region <= 0xffff ? (int) region : 0;
        }

        @Override
        public void write(JsonWriter out, Integer value) {
          out.value(value);
        }

        @Override
        public boolean isEmpty(Integer value) {
          return value == 0;
        }
      };

  private WireTypes() {}

  private static <K> JsonType<K> key(Function<String, K> parse, Predicate<K> isZero) {
    return text(
        t -> {
          K key = parse.apply(t);
          return isZero.test(key) ? null : key;
        },
        Object::toString);
  }
}
