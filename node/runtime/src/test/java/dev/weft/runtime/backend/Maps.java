package dev.weft.runtime.backend;

import dev.weft.base.IpPrefix;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.runtime.control.MapFold;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.FilterRule;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.UserProfile;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Small network maps.
final class Maps {
  private Maps() {}

  static Node.Builder node(long id, String name) {
    List<IpPrefix> addresses =
        List.of(
            IpPrefix.parse("100.64.0." + id + "/32"),
            IpPrefix.parse("fd7a:115c:a1e0::" + id + "/128"));
    return Node.builder()
        .id(id)
        .stableId("n" + id)
        .name(name + ".home.weft.")
        .user(1)
        .key(key(id))
        .addresses(addresses)
        .allowedIps(addresses)
        .homeDerp(1)
        .online(true)
        .machineAuthorized(true)
        .hostinfo(Hostinfo.builder().hostname(name).os("linux").build());
  }

  static NodeKey key(long seed) {
    return NodePrivateKey.generate(bytes -> new Random(seed).nextBytes(bytes)).publicKey();
  }

  static NetworkMap map(Node self, Node... peers) {
    return map(MapResponse.builder().node(self).peers(Arrays.asList(peers)));
  }

  static NetworkMap map(MapResponse.Builder response) {
    MapResponse message =
        response
            .domain("home.weft")
            .dnsConfig(DnsConfig.builder().proxied(true).build())
            .userProfiles(
                List.of(
                    UserProfile.builder()
                        .id(1)
                        .loginName("alice@home")
                        .displayName("Alice")
                        .build()))
            .build();
    return new MapFold().fold(message, Instant.EPOCH).orElseThrow();
  }

  static FilterRule.Builder rule(String source) {
    return FilterRule.builder().srcIps(List.of(source));
  }
}
