package dev.weft.runtime.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.json.RawJson;
import dev.weft.node.Caller;
import dev.weft.runtime.netcheck.NetReport;
import dev.weft.tailcfg.CapGrant;
import dev.weft.tailcfg.EndpointType;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.ReportedEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DirectoryTest {
  private static final Node SELF = Maps.node(1, "laptop").build();
  private static final Node WEB = Maps.node(2, "web").build();
  private static final Ip WEB_ADDRESS = Ip.parse("100.64.0.2");

  @Test
  void aPeerIsFoundByItsShortAndFullNameInAnyCase() {
    Directory names = Directory.of(Maps.map(SELF, WEB), false);
    for (String name : List.of("web", "WEB", "web.home.weft", "Web.Home.Weft.")) {
      assertEquals(Optional.of(WEB_ADDRESS), names.resolve(name), name);
    }
    assertEquals(Optional.of(Ip.parse("100.64.0.1")), names.resolve("laptop"));
    for (String name : List.of("nosuch", "web.example.com", "web.home", "", ".")) {
      assertTrue(names.resolve(name).isEmpty(), name);
    }
  }

  @Test
  void aNodeWithoutAnIpv4AddressReachesItsPeersByIpv6() {
    Node self =
        Maps.node(1, "laptop").addresses(List.of(IpPrefix.parse("fd7a:115c:a1e0::1/128"))).build();
    assertEquals(
        Optional.of(Ip.parse("fd7a:115c:a1e0::2")),
        Directory.of(Maps.map(self, WEB), false).resolve("web"));
  }

  @Test
  void subnetsBehindPeersAreReachedOnlyWhenTheyAreAccepted() {
    List<IpPrefix> allowed = new ArrayList<>(WEB.addresses());
    allowed.add(IpPrefix.parse("10.1.0.0/16"));
    allowed.add(IpPrefix.parse("0.0.0.0/0"));
    Node router = Maps.node(2, "web").allowedIps(allowed).build();
    Ip inside = Ip.parse("10.1.2.3");
    assertFalse(Directory.of(Maps.map(SELF, router), false).reaches(inside));
    Directory accepting = Directory.of(Maps.map(SELF, router), true);
    assertTrue(accepting.reaches(inside) && accepting.reaches(WEB_ADDRESS));
    assertFalse(accepting.reaches(Ip.parse("192.0.2.1")), "an exit route is not a route");
  }

  @Test
  void theOwnerOfAPersonsNodeIsKnownAndATaggedNodeHasNone() {
    Node tagged = Maps.node(3, "ci").tags(List.of("tag:ci")).build();
    Directory names = Directory.of(Maps.map(SELF, WEB, tagged), false);
    assertEquals(
        Optional.of(new Caller.User("alice@home", "Alice", "")),
        names.whois(WEB_ADDRESS).orElseThrow().user());
    Caller ci = names.whois(Ip.parse("100.64.0.3")).orElseThrow();
    assertTrue(
        ci.user().isEmpty()
            && ci.tags().equals(List.of("tag:ci"))
            && ci.nodeName().equals("ci.home.weft"));
    assertTrue(names.whois(Ip.parse("100.64.0.9")).isEmpty());
  }

  @Test
  void capabilitiesAreThoseGrantedFromThePeerToUs() {
    TreeMap<String, List<RawJson>> values = new TreeMap<>();
    values.put("example.com/cap/app", List.of(new RawJson("{\"role\":\"admin\"}")));
    CapGrant toUs =
        CapGrant.builder().dsts(List.of(IpPrefix.parse("100.64.0.1/32"))).capMap(values).build();
    CapGrant toAnother =
        CapGrant.builder()
            .dsts(List.of(IpPrefix.parse("100.64.0.9/32")))
            .caps(List.of("other"))
            .build();
    for (String source : List.of("*", "100.64.0.2", "100.64.0.0/10", "100.64.0.1-100.64.0.3")) {
      var map =
          Maps.map(
              MapResponse.builder()
                  .node(SELF)
                  .peers(List.of(WEB))
                  .packetFilter(
                      List.of(Maps.rule(source).capGrant(List.of(toUs, toAnother)).build())));
      assertEquals(values, PeerCapabilities.of(map, WEB_ADDRESS), source);
      assertEquals(
          source.equals("*") || source.contains("/"),
          !PeerCapabilities.of(map, Ip.parse("100.64.0.9")).isEmpty(),
          source);
    }
  }

  @Test
  void endpointsAreThoseThatStunSawAndThoseOfTheMachine() {
    NetReport report =
        new NetReport(
            true,
            Optional.of(Endpoint.parse("198.51.100.7:50000")),
            Optional.empty(),
            Optional.of(false),
            1,
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>());
    List<Ip> local =
        List.of(
            Ip.parse("127.0.0.1"),
            Ip.parse("192.168.1.5"),
            Ip.parse("fe80::1"),
            Ip.parse("2001:db8::5"));
    assertEquals(
        List.of(
            new ReportedEndpoint(Endpoint.parse("198.51.100.7:50000"), EndpointType.STUN),
            new ReportedEndpoint(Endpoint.parse("192.168.1.5:41641"), EndpointType.LOCAL),
            new ReportedEndpoint(Endpoint.parse("[2001:db8::5]:41642"), EndpointType.LOCAL)),
        Endpoints.of(Optional.of(report), local, Optional.of(41641), Optional.of(41642), false));
  }

  @Test
  void loopbackIsAnEndpointOnlyOfAMachineWithNothingElse() {
    List<Ip> local = List.of(Ip.parse("127.0.0.1"), Ip.parse("::1"));
    assertEquals(
        2, Endpoints.of(Optional.empty(), local, Optional.of(1), Optional.of(1), false).size());
  }
}
