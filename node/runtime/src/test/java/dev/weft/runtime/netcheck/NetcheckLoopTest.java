package dev.weft.runtime.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import dev.weft.base.Segments;
import dev.weft.relay.RelayServer;
import dev.weft.relay.RelaySettings;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.loop.UdpSockets;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.transport.proxy.Uplink;
import dev.weft.transport.tls.SystemTrust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Against our own relay, over loopback.
@Timeout(60)
class NetcheckLoopTest {
  private static final int REGION = 900;

  @TempDir Path stateDir;

  private final NodeLoop loop = new NodeLoop();
  private final BlockingQueue<NetReport> reports = new LinkedBlockingQueue<>();
  private RelayServer relay;
  private UdpSockets sockets;
  private NetcheckLoop netcheck;

  @BeforeEach
  void start() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    relay = RelayServer.start(RelaySettings.of(any, any, "127.0.0.1", stateDir).withThreads(1));
    sockets =
        UdpSockets.bind(
            loop,
            0,
            (from, datagrams) -> {
              for (int i = 0; i < datagrams.count(); i++) {
                byte[] datagram = new byte[datagrams.length(i)];
                datagrams.copy(i, datagram);
                netcheck.handleStun(from, datagram, 0, datagram.length);
              }
            });
  }

  @AfterEach
  void stop() throws Exception {
    onLoop(netcheck::close);
    onLoop(sockets::close);
    loop.close();
    relay.close();
  }

  @Test
  void theNodeLearnsItsPublicAddressAndItsHome() throws Exception {
    begin((to, datagrams) -> sockets.send(to, datagrams));

    NetReport report = next();

    assertTrue(report.udp());
    assertEquals(REGION, report.preferredRegion());
    assertEquals(
        Endpoint.parse("127.0.0.1:" + sockets.port4().orElseThrow()),
        report.globalV4().orElseThrow());
  }

  @Test
  void anotherNetworkMeansAnotherReportAtOnce() throws Exception {
    begin((to, datagrams) -> sockets.send(to, datagrams));
    next();

    onLoop(netcheck::rebind);

    assertEquals(REGION, next().preferredRegion());
  }

  @Test
  void whereUdpDoesNotPassHttpsIsTimed() throws Exception {
    begin((_, _) -> {});

    NetReport report = next();

    assertFalse(report.udp());
    assertEquals(REGION, report.preferredRegion());
    assertTrue(report.latencyHttps().get(REGION) > 0);
  }

  private void begin(BiConsumer<Endpoint, Segments> socket) throws Exception {
    netcheck =
        new NetcheckLoop(
            loop,
            new SecureRandom()::nextBytes,
            Uplink.direct(SystemTrust.of(List.of())),
            socket,
            reports::add);
    TreeMap<Integer, DerpRegion> regions = new TreeMap<>();
    regions.put(REGION, relay.derpRegion(REGION, "t", "t"));
    onLoop(() -> {
      netcheck.useMap(DerpMap.builder().regions(regions).build());
      netcheck.start();
    });
  }

  private NetReport next() throws InterruptedException {
    NetReport report = reports.poll(20, TimeUnit.SECONDS);
    assertNotNull(report, "no report came");
    return report;
  }

  private void onLoop(Runnable command) throws InterruptedException {
    loop.call(() -> {
      command.run();
      return true;
    });
  }
}
