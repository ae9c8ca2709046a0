package dev.weft.cli;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.base.Endpoint;
import dev.weft.ipn.Status;
import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpRegion;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `weft netcheck`: what this machine's network lets through, and which relay is near. The daemon
/// is asked for the relays, and for what troubles it: it may go through a proxy, which this command
/// does not.
final class NetcheckCommand implements Command {
  private static final int LATENCY_COLUMN = 7;

  private final FlagSet flags = new FlagSet("weft netcheck");
  private final Flag<String> format =
      flags.text("format", "FORMAT", "", "json, or json-line for one line each");
  private final Flag<Duration> every =
      flags.duration("every", Duration.ZERO, "look again and again, so often");

  @Override
  public String arguments() {
    return "[flags]";
  }

  @Override
  public String summary() {
    return "Look at this machine's network and the relays";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure, IOException {
    expectNoArguments(args);
    if (!List.of("", "json", "json-line").contains(format.value())) {
      throw Failure.usage("weft netcheck: unknown output format \"" + format.value() + '"');
    }
    DerpMap map = daemon.derpMap();
    SecureRandom random = new SecureRandom();
    while (true) {
      Prober.Report report = new Prober(map, random::nextBytes).look();
      Instant now = Instant.now();
      terminal.out().print(format.value().isEmpty() ? text(report, map, now) : json(report, now));
      if (format.value().isEmpty()) {
        terminal.out().print(asideFrom(report, daemon.status(false)));
      }
      terminal.out().flush();
      if (every.value().isZero()) {
        return 0;
      }
      pause();
    }
  }

  private void pause() throws IOException {
    try {
      Thread.sleep(every.value());
    } catch (InterruptedException e) {
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  private static String text(Prober.Report report, DerpMap map, Instant now) {
    StringBuilder out = new StringBuilder("\nReport:\n");
    line(out, "Time", now.toString().replace('T', ' '));
    line(out, "UDP", Boolean.toString(report.udp()));
    line(out, "IPv4", report.globalV4().map(e -> "yes, " + e).orElse("(no addr found)"));
    line(
        out,
        "IPv6",
        report
            .globalV6()
            .map(e -> "yes, " + e)
            .orElse(report.osHasIpv6() ? "no, but OS has support" : "no, unavailable in OS"));
    line(
        out,
        "MappingVariesByDestIP",
        report.mappingVariesByDestIp().map(b -> b.toString()).orElse(""));
    line(out, "PortMapping", "not checked");
    Map<Integer, DerpRegion> regions = map.regions() == null ? Map.of() : map.regions();
    DerpRegion nearest = regions.get(report.preferred());
    line(
        out,
        "Nearest DERP",
        nearest == null ? "unknown (no response to latency probes)" : nearest.regionName());
    if (nearest != null) {
      out.append("\t* DERP latency:\n");
      byLatency(report, regions).forEach(region -> relay(out, region, report));
    }
    return out.toString();
  }

  /// On lines that a reader of the report passes over.
  private static String asideFrom(Prober.Report report, Status daemon) {
    StringBuilder out = new StringBuilder();
    String relay = daemon.self() == null ? "" : daemon.self().relay();
    if (report.preferred() == 0 && !relay.isEmpty()) {
      out.append("# The daemon's home relay is ").append(StatusText.sanitized(relay)).append('\n');
    }
    return out.append(daemon.health().isEmpty() ? "" : StatusText.health(daemon)).toString();
  }

  private static List<DerpRegion> byLatency(
      Prober.Report report, Map<Integer, DerpRegion> regions) {
    List<DerpRegion> sorted = new ArrayList<>(regions.values());
    sorted.sort((a, b) ->
        Long.compare(
            report.best().getOrDefault(a.regionId(), Long.MAX_VALUE),
            report.best().getOrDefault(b.regionId(), Long.MAX_VALUE)));
    return sorted;
  }

  private static void relay(StringBuilder out, DerpRegion region, Prober.Report report) {
    Long nanos = report.best().get(region.regionId());
    String latency = nanos == null ? "" : tenths(nanos);
    out.append("\t\t- ")
        .repeat(' ', Math.max(0, 3 - region.regionCode().length()))
        .append(region.regionCode())
        .append(": ")
        .append(latency)
        .repeat(' ', Math.max(0, LATENCY_COLUMN - latency.length()))
        .append(" (")
        .append(region.regionName())
        .append(")\n");
  }

  /// To a tenth of a millisecond, as Go writes durations.
  private static String tenths(long nanos) {
    long tenths = Math.round(nanos / 100_000.0);
    if (tenths == 0) {
      return "0s";
    }
    if (tenths < 10) {
      return tenths * 100 + "µs";
    }
    String fraction = tenths % 10 == 0 ? "" : "." + tenths % 10;
    return tenths < 10_000
        ? tenths / 10 + fraction + "ms"
        : GoDuration.formatMillis(Math.round(nanos / 1e6));
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append("\t* ").append(name).append(": ").append(value).append('\n');
  }

  /// Under the names of the original, whose format is no promise either.
  private String json(Prober.Report report, Instant now) {
    StringBuilder out = new StringBuilder("{\"Now\":");
    out.append(quoted(now.toString()));
    field(out, "UDP", report.udp());
    field(out, "IPv6", report.globalV6().isPresent());
    field(out, "IPv4", report.globalV4().isPresent());
    field(out, "IPv6CanSend", report.globalV6().isPresent());
    field(out, "IPv4CanSend", report.globalV4().isPresent());
    field(out, "OSHasIPv6", report.osHasIpv6());
    field(out, "ICMPv4", false);
    Optional<Boolean> varies = report.mappingVariesByDestIp();
    field(out, "MappingVariesByDestIP", varies.<Object>map(b -> b).orElse("null"));
    field(out, "UPnP", "null");
    field(out, "PMP", "null");
    field(out, "PCP", "null");
    field(out, "PreferredDERP", report.preferred());
    field(out, "RegionLatency", latencies(report.best()));
    field(out, "RegionV4Latency", latencies(report.v4()));
    field(out, "RegionV6Latency", latencies(report.v6()));
    field(out, "GlobalV4Counters", counters(report.seenV4()));
    field(out, "GlobalV6Counters", counters(report.seenV6()));
    field(out, "GlobalV4", quoted(report.globalV4().map(Endpoint::toString).orElse("")));
    field(out, "GlobalV6", quoted(report.globalV6().map(Endpoint::toString).orElse("")));
    field(out, "CaptivePortal", "null");
    String json = out.append('}').toString();
    return (format.value().equals("json") ? JsonIndent.indent(json, "\t") : json) + '\n';
  }

  private static void field(StringBuilder out, String name, Object value) {
    out.append(",\"").append(name).append("\":").append(value);
  }

  private static String latencies(Map<Integer, Long> nanos) {
    StringBuilder out = new StringBuilder("{");
    nanos.forEach((region, n) ->
        out.append(out.length() > 1 ? "," : "").append('"').append(region).append("\":").append(n));
    return out.append('}').toString();
  }

  private static String counters(Map<Endpoint, Integer> seen) {
    if (seen.isEmpty()) {
      return "null";
    }
    StringBuilder out = new StringBuilder("{");
    seen.forEach((endpoint, n) ->
        out.append(out.length() > 1 ? "," : "")
            .append(quoted(endpoint.toString()))
            .append(':')
            .append(n));
    return out.append('}').toString();
  }

  private static String quoted(String text) {
    return Json.encodeToText(STRING, text);
  }
}
