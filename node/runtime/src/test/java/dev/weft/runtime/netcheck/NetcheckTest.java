package dev.weft.runtime.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import dev.weft.stun.BindingRequest;
import dev.weft.stun.BindingResponse;
import dev.weft.stun.TransactionId;
import dev.weft.testkit.SeededEntropy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// One core in a network of the test's, on virtual time.
class NetcheckTest {
  private static final Endpoint PUBLIC = Endpoint.parse("203.0.113.5:41641");
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Netcheck netcheck = new Netcheck(new SeededEntropy(1)::fill);
  private final Network network = new Network();
  private List<ProbeRegion> regions = List.of(region(1), region(2), region(3), region(4));
  private long now = 1000 * SECOND;

  @Test
  void eachRegionIsTimedAndTheNearestIsHome() {
    network.relays.putAll(Map.of(1, ms(40), 2, ms(10), 3, ms(30), 4, ms(60)));

    NetReport report = round(false);

    assertTrue(report.udp());
    assertEquals(Optional.of(PUBLIC), report.globalV4());
    assertEquals(2, report.preferredRegion());
    assertEquals(ms(10), report.latencyV4().get(2));
    assertEquals(ms(40), report.latencyV4().get(1));
    assertEquals(Optional.of(false), report.mappingVariesByDestIp());
  }

  @Test
  void threeRegionsAreEnoughToStopSoon() {
    network.relays.putAll(Map.of(1, ms(10), 2, ms(20), 3, ms(30)));
    long start = now;

    NetReport report = round(false);

    assertEquals(3, report.latency().size());
    assertTrue(now - start < ms(200), "took " + (now - start));
  }

  @Test
  void aSingleRelayNearbyIsAnsweredAtOnce() {
    regions = List.of(region(1));
    network.relays.put(1, ms(1));
    long start = now;

    NetReport report = round(false);

    assertEquals(1, report.preferredRegion());
    assertTrue(now - start <= ms(1), "took " + (now - start));
    assertEquals(Optional.empty(), report.mappingVariesByDestIp());
  }

  @Test
  void aMappingThatDiffersFromRelayToRelayIsNoticed() {
    network.relays.putAll(Map.of(1, ms(10), 2, ms(20), 3, ms(30)));
    network.mapped.put(2, Endpoint.parse("203.0.113.5:1024"));

    assertEquals(Optional.of(true), round(false).mappingVariesByDestIp());
  }

  @Test
  void whereUdpDoesNotPassHttpsIsTimed() {
    network.https.put(3, ms(80));
    network.https.put(4, ms(50));

    NetReport report = round(false);

    assertFalse(report.udp());
    assertEquals(Optional.empty(), report.globalV4());
    assertEquals(Map.of(3, ms(80), 4, ms(50)), report.latencyHttps());
    assertEquals(4, report.preferredRegion());
  }

  @Test
  void whereNothingPassesTheRoundStillEndsAndSomeRegionIsHome() {
    long start = now;

    NetReport report = round(false);

    assertTrue(report.preferredRegion() > 0);
    assertTrue(now - start <= Netcheck.STUN_NANOS + Netcheck.HTTPS_NANOS);
  }

  @Test
  void aLostRequestIsSentAgain() {
    network.relays.putAll(Map.of(1, ms(10), 2, ms(10), 3, ms(10)));
    network.loseFirst = 4;

    assertEquals(ms(10), round(false).latencyV4().get(1));
  }

  @Test
  void laterRoundsAskTheNearestAndHomeOnly() {
    network.relays.putAll(Map.of(1, ms(40), 2, ms(10), 3, ms(30), 4, ms(100)));
    round(false);
    network.asked.clear();

    round(false);

    assertFalse(network.asked.contains(4), network.asked.toString());
    assertTrue(network.asked.containsAll(List.of(1, 2, 3)));
  }

  @Test
  void anotherNetworkMeansThatEverythingIsAskedAgain() {
    network.relays.putAll(Map.of(1, ms(40), 2, ms(10), 3, ms(30), 4, ms(100)));
    round(false);
    network.asked.clear();

    round(true);

    assertTrue(network.asked.contains(4));
  }

  @Test
  void everyFiveMinutesEverythingIsAskedAgain() {
    network.relays.putAll(Map.of(1, ms(40), 2, ms(10), 3, ms(30), 4, ms(100)));
    round(false);
    now += Netcheck.FULL_EVERY_NANOS;
    network.asked.clear();

    round(false);

    assertTrue(network.asked.contains(4));
  }

  @Test
  void anAnswerToNoRequestOfOursIsPassedOver() {
    network.relays.put(1, ms(10));
    netcheck.handleStart(now, regions, false, network);
    TransactionId guessed = new TransactionId(1, 2);

    netcheck.handleStun(
        now, new BindingResponse(guessed, Endpoint.parse("198.51.100.66:666")), network);
    NetReport report = run();

    assertEquals(Optional.of(PUBLIC), report.globalV4());
  }

  @Test
  void theSameAnswerTwiceCountsOnce() {
    regions = List.of(region(1));
    network.relays.put(1, ms(10));
    network.duplicate = true;

    assertEquals(Optional.empty(), round(false).mappingVariesByDestIp());
  }

  @Test
  void bothFamiliesAreReported() {
    regions =
        List.of(
            new ProbeRegion(
                1,
                List.of(Endpoint.parse("192.0.2.1:3478")),
                List.of(Endpoint.parse("[2001:db8::1]:3478")),
                1,
                true));
    network.relays.put(1, ms(10));
    network.publicV6 = Endpoint.parse("[2001:db8:1::5]:41641");

    NetReport report = round(false);

    assertEquals(Optional.of(PUBLIC), report.globalV4());
    assertEquals(Optional.of(network.publicV6), report.globalV6());
    assertEquals(ms(10), report.latencyV6().get(1));
  }

  @Test
  void withoutAnyRegionThereIsAReportAllTheSame() {
    regions = List.of();

    assertEquals(0, round(false).preferredRegion());
  }

  private NetReport round(boolean fresh) {
    netcheck.handleStart(now, regions, fresh, network);
    return run();
  }

  /// Lets time pass until the round is over.
  private NetReport run() {
    while (network.report == null) {
      long nextAnswer = network.due.isEmpty() ? Long.MAX_VALUE : network.due.peek().at();
      now = Math.min(nextAnswer, netcheck.nextTimeout());
      assertTrue(now < Long.MAX_VALUE, "the core waits for nothing");
      if (now == nextAnswer) {
        network.due.remove().what().run();
      } else {
        netcheck.handleTimeout(now, network);
      }
    }
    NetReport report = network.report;
    network.report = null;
    network.due.clear();
    return report;
  }

  private static ProbeRegion region(int id) {
    return new ProbeRegion(
        id, List.of(Endpoint.parse("192.0.2." + id + ":3478")), List.of(), 1, true);
  }

  private static long ms(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private record Due(long at, Runnable what) {}

  private final class Network implements Netcheck.Output {
    /// Region to round-trip time; who is not here does not answer.
    final Map<Integer, Long> relays = new TreeMap<>();

    final Map<Integer, Endpoint> mapped = new TreeMap<>();
    final Map<Integer, Long> https = new TreeMap<>();
    final List<Integer> asked = new ArrayList<>();
    final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::at));
    Endpoint publicV6 = PUBLIC;
    int loseFirst;
    boolean duplicate;
    NetReport report;

    @Override
    public void probe(Endpoint to, byte[] bytes) {
      int region = to.ip().isV4() ? to.ip().v4Bits() & 0xff : 1;
      asked.add(region);
      BindingRequest request =
          assertInstanceOf(BindingRequest.class, BindingRequest.parse(bytes, 0, bytes.length));
      if (loseFirst-- > 0 || !relays.containsKey(region)) {
        return;
      }
      Endpoint seen = to.ip().isV4() ? mapped.getOrDefault(region, PUBLIC) : publicV6;
      BindingResponse response = new BindingResponse(request.id(), seen);
      long at = now + relays.get(region);
      due.add(new Due(at, () -> netcheck.handleStun(now, response, this)));
      if (duplicate) {
        due.add(new Due(at + 1, () -> netcheck.handleStun(now, response, this)));
      }
    }

    @Override
    public void measureHttps(int region) {
      Optional<Long> nanos = Optional.ofNullable(https.get(region));
      due.add(
          new Due(
              now + nanos.orElse(SECOND), () -> netcheck.handleHttps(now, region, nanos, this)));
    }

    @Override
    public void report(NetReport made) {
      report = made;
    }
  }
}
