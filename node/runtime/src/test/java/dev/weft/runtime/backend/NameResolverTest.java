package dev.weft.runtime.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.dns.DnsQuestion;
import dev.weft.dns.DnsReply;
import dev.weft.dns.DnsType;
import dev.weft.runtime.control.MapFold;
import dev.weft.runtime.localapi.BackendException;
import dev.weft.runtime.localapi.LocalDns;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Resolver;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class NameResolverTest {
  private static final Entropy ENTROPY = new Random(5)::nextBytes;

  private final List<String> asked = new ArrayList<>();
  private Directory directory = directory(DnsConfig.builder().build());

  @Test
  void namesOfTheTailnetAreAnsweredFromItsMap() throws Exception {
    assertEquals("100.64.0.2", body(ask("web.home.weft", DnsType.A)));
    assertEquals("100.64.0.2", body(ask("WEB", DnsType.A)), "short, in any case");
    assertEquals("fd7a:115c:a1e0::2", body(ask("web", DnsType.AAAA)));
    assertEquals(0, ask("web", DnsType.MX).answers().size());
    assertEquals("web.home.weft.", body(ask("2.0.64.100.in-addr.arpa", DnsType.PTR)));
    assertEquals(
        "web.home.weft.",
        body(
            ask(
                "2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.e.1.a.c.5.1.1.a.7.d.f.ip6.arpa",
                DnsType.PTR)));
    assertEquals(DnsReply.NAME_ERROR, ask("nobody.home.weft", DnsType.A).responseCode());
    assertEquals(List.of(), asked, "no resolver hears of them");
  }

  @Test
  void otherNamesGoToTheResolversOfTheLongestSuffix() throws Exception {
    directory =
        directory(
            DnsConfig.builder()
                .resolvers(List.of(resolver("192.0.2.1")))
                .routes(
                    new TreeMap<>(
                        Map.of(
                            "corp.example.", List.of(resolver("192.0.2.2")),
                            "eu.corp.example.", List.of(resolver("192.0.2.3")))))
                .build());
    ask("a.eu.corp.example", DnsType.A);
    ask("corp.example", DnsType.A);
    ask("example", DnsType.A);
    assertEquals(List.of("192.0.2.3", "192.0.2.2", "192.0.2.1"), asked);
  }

  @Test
  void aResolverThatCannotBeAskedIsSaidToBeSo() {
    directory =
        directory(
            DnsConfig.builder().resolvers(List.of(resolver("https://dns.example/q"))).build());
    BackendException doh = assertThrows(BackendException.class, () -> ask("example", DnsType.A));
    assertTrue(doh.getMessage().contains("https://dns.example/q"), doh.getMessage());

    directory = directory(DnsConfig.builder().resolvers(List.of(resolver("100.64.0.2"))).build());
    BackendException inside = assertThrows(BackendException.class, () -> ask("example", DnsType.A));
    assertTrue(inside.getMessage().contains("inside the tailnet"), inside.getMessage());
  }

  @Test
  void theMachinesResolversAreRead(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("resolv.conf");
    Files.writeString(
        file, "# by hand\nsearch a.example b.example\nnameserver 192.0.2.7\nnameserver bad\n");
    assertEquals(
        new LocalDns.SystemConfig(List.of("192.0.2.7"), List.of("a.example", "b.example")),
        SystemResolvers.read(file));
    assertThrows(BackendException.class, () -> SystemResolvers.read(folder.resolve("none")));
  }

  @Test
  void aReplyCountsWhenItRepeatsNumberAndQuestion() throws Exception {
    DnsQuestion question = new DnsQuestion("example.", DnsType.A);
    byte[] good = DnsReply.encode(0, question, List.of(Ip.parse("192.0.2.80")));
    byte[] other =
        DnsReply.encode(0, new DnsQuestion("other.", DnsType.A), List.of(Ip.parse("198.51.100.6")));
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            answer(server, other, id -> id);
            answer(server, good, id -> new byte[] {(byte) ~id[0], id[1]});
            answer(server, good, id -> id);
          });
      byte[] reply =
          new UdpUpstream(ENTROPY, server.getLocalPort()).ask(Ip.parse("127.0.0.1"), question);
      assertEquals("192.0.2.80", body(DnsReply.parse(reply).orElseThrow()));
    }
  }

  private DatagramPacket query;

  /// Answers the one query, again and again.
  private void answer(DatagramSocket server, byte[] reply, UnaryOperator<byte[]> id) {
    try {
      if (query == null) {
        query = new DatagramPacket(new byte[512], 512);
        server.receive(query);
      }
      byte[] sent = reply.clone();
      byte[] asked = id.apply(new byte[] {query.getData()[0], query.getData()[1]});
      sent[0] = asked[0];
      sent[1] = asked[1];
      server.send(new DatagramPacket(sent, sent.length, query.getSocketAddress()));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private DnsReply ask(String name, DnsType type) throws Exception {
    NameResolver resolver =
        new NameResolver(
            () -> directory,
            () -> true,
            (server, question) -> {
              asked.add(server.toString());
              return DnsReply.encode(1, question, List.of());
            },
            ENTROPY);
    LocalDns.Result result = resolver.query(DnsQuestion.of(name, type).orElseThrow());
    return DnsReply.parse(result.reply().toArray()).orElseThrow();
  }

  private static String body(DnsReply reply) {
    return reply.answers().getFirst().body();
  }

  private static Resolver resolver(String address) {
    return Resolver.builder().addr(address).build();
  }

  private static Directory directory(DnsConfig dns) {
    MapResponse map =
        MapResponse.builder()
            .node(Maps.node(1, "laptop").build())
            .peers(List.of(Maps.node(2, "web").build()))
            .dnsConfig(dns)
            .build();
    return Directory.of(new MapFold().fold(map, Instant.EPOCH).orElseThrow(), false);
  }
}
