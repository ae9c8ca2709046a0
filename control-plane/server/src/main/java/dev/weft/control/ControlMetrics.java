package dev.weft.control;

import dev.weft.control.http.Pages;
import dev.weft.control.http.Reply;
import dev.weft.control.tailnet.Mutation;
import dev.weft.control.tailnet.TailnetStore;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// What monitoring is told, in Prometheus' text format. Numbers only: no name, key or address of a
/// node.
final class ControlMetrics implements Pages {
  private static final String PATH = "/metrics";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

  private final Counter registrations =
      Counter.builder()
          .name("weft_control_registrations_total")
          .help("Register requests by what came of them")
          .labelNames("outcome")
          .register(registry);
  private final Counter limited =
      Counter.builder()
          .name("weft_control_limited_requests_total")
          .help("Requests that were put off because their sender asks too often")
          .labelNames("path")
          .register(registry);
  private final Counter mapRequests =
      Counter.builder()
          .name("weft_control_map_requests_total")
          .help("Map requests, streams and updates alike")
          .register(registry);
  private final Counter messages =
      Counter.builder()
          .name("weft_control_map_messages_total")
          .help("Messages sent on map streams")
          .register(registry);
  private final Counter bytes =
      Counter.builder()
          .name("weft_control_map_bytes_total")
          .help("Their length, compressed")
          .register(registry);
  private final Histogram commits =
      Histogram.builder()
          .name("weft_control_commit_seconds")
          .help("How long the database takes to store something")
          .classicUpperBounds(0.001, 0.005, 0.025, 0.1, 0.5, 2.5)
          .classicOnly()
          .register(registry);

  enum Outcome {
    ACCEPTED,
    REFUSED,
    LOGIN,
    LIMITED
  }

  /// Of a tailnet.
  ///
  /// @param nodes by their state
  record Figures(Map<String, Integer> nodes, int streams, int waitingLogins) {}

  ControlMetrics() {
    GaugeWithCallback.builder()
        .name("weft_control_heap_used_bytes")
        .help("Heap in use")
        .callback(gauge -> gauge.call(heapBytes()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("weft_control_uptime_seconds")
        .help("Since the process started")
        .callback(gauge -> gauge.call(uptimeSeconds()))
        .register(registry);
  }

  /// Adds what is asked of the tailnet whenever monitoring asks.
  void observe(Supplier<Figures> figures) {
    GaugeWithCallback.builder()
        .name("weft_control_nodes")
        .help("Nodes by state")
        .labelNames("state")
        .callback(
            gauge -> figures.get().nodes().forEach((state, count) -> gauge.call(count, state)))
        .register(registry);
    GaugeWithCallback.builder()
        .name("weft_control_map_streams")
        .help("Open map streams")
        .callback(gauge -> gauge.call(figures.get().streams()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("weft_control_waiting_logins")
        .help("Logins that wait for an admin")
        .callback(gauge -> gauge.call(figures.get().waitingLogins()))
        .register(registry);
  }

  void registered(Outcome outcome) {
    registrations.labelValues(outcome.name().toLowerCase(Locale.ROOT)).inc();
  }

  /// @param path one that there is
  void limited(String path) {
    limited.labelValues(path).inc();
  }

  void mapRequested() {
    mapRequests.inc();
  }

  void told(int frameBytes) {
    messages.inc();
    bytes.inc(frameBytes);
  }

  /// The store, with its commits timed.
  TailnetStore timed(TailnetStore store) {
    return new Timed(store, commits);
  }

  @Override
  public Reply open(String method, String path, byte[] body) {
    if (!path.equals(PATH)) {
      return Reply.text(404, "not found; try " + PATH);
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, registry.scrape(), EscapingScheme.DEFAULT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Reply.of(200, PrometheusTextFormatWriter.CONTENT_TYPE, text.toByteArray());
  }

  private static double heapBytes() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static double uptimeSeconds() {
    return ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
  }

  private record Timed(TailnetStore store, Histogram commits) implements TailnetStore {
    @Override
    public Snapshot load() {
      return store.load();
    }

    @Override
    public void commit(List<Mutation> mutations) {
      long start = System.nanoTime();
      try {
        store.commit(mutations);
      } finally {
        commits.observe((System.nanoTime() - start) / 1e9);
      }
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
