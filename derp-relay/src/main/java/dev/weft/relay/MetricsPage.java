package dev.weft.relay;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;

/// `/metrics` in the text format of Prometheus (version 0.0.4). Names no client and no address.
final class MetricsPage {
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Switchboard board;
  private final StunAnswers stun;
  private final IntSupplier meshPeers;

  /// @param meshPeers how many of those that this relay connects to tell who is there
  MetricsPage(Switchboard board, StunAnswers stun, IntSupplier meshPeers) {
    this.meshPeers = meshPeers;
    this.board = board;
    this.stun = stun;
  }

  FullHttpResponse answer(HttpRequest request) {
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return RelayPages.empty(HttpResponseStatus.METHOD_NOT_ALLOWED);
    }
    if (!new QueryStringDecoder(request.uri()).rawPath().equals("/metrics")) {
      return RelayPages.empty(HttpResponseStatus.NOT_FOUND);
    }
    return RelayPages.text(TYPE, text());
  }

  String text() {
    Traffic traffic = board.traffic().snapshot();
    RelayEvents events = board.events();
    Page page = new Page();
    page.gauge("clients", "Node keys that are connected.", board.clients().size());
    page.gauge("watchers", "Mesh peers that watch who is connected.", board.watchers().size());
    page.gauge("mesh_peers", "Relays of the region that tell who is there.", meshPeers.getAsInt());
    page.gauge("mesh_clients", "Node keys connected to those.", board.mesh().size());
    page.counter("connections", "TCP connections taken in.", events.accepted.sum());
    page.counter(
        "connections_surplus", "TCP connections closed for being too many.", events.surplus.sum());
    page.counter("clients_accepted", "Clients that proved their key.", events.clients.sum());
    page.counter("clients_refused", "Clients that were not admitted.", events.refused.sum());
    page.counter(
        "clients_stalled", "Clients disconnected for taking nothing.", events.stalled.sum());
    page.counter(
        "notices_lost",
        "Peers gone and the like that clients who did not keep up were not told.",
        events.noticesLost.sum());
    page.counter("keys_contested", "Node keys that two machines shared.", events.contested.sum());
    page.counter(
        "rate_pauses", "Times a client over its rate was made to wait.", events.paused.sum());
    page.counter("packets_received", "Packets from clients.", traffic.packetsIn());
    page.counter("bytes_received", "Bytes of packets from clients.", traffic.bytesIn());
    page.counter("packets_sent", "Packets to clients.", traffic.packetsOut());
    page.counter("bytes_sent", "Bytes of packets to clients.", traffic.bytesOut());
    page.counter(
        "packets_forwarded_in", "Packets that mesh peers forwarded.", events.forwardedIn.sum());
    page.counter(
        "packets_forwarded_out",
        "Packets for clients of other relays of the region.",
        events.forwardedOut.sum());
    page.head("packets_dropped", "counter", "Packets that went nowhere, by reason.");
    for (Map.Entry<RelayDrop, Long> drop : traffic.drops().entrySet()) {
      page.sample(
          "packets_dropped",
          "{reason=\"" + drop.getKey().name().toLowerCase(Locale.ROOT) + "\"}",
          drop.getValue());
    }
    page.counter("stun_answered", "STUN requests answered.", stun.answered());
    page.counter("stun_dropped", "Datagrams that were no STUN request.", stun.dropped());
    return page.toString();
  }

  private static final class Page {
    private final StringBuilder out = new StringBuilder(4096);

    void gauge(String name, String help, long value) {
      head(name, "gauge", help);
      out.append("weft_relay_").append(name).append(' ').append(value).append('\n');
    }

    void counter(String name, String help, long value) {
      head(name, "counter", help);
      sample(name, "", value);
    }

    void head(String name, String type, String help) {
      String full = "weft_relay_" + name + (type.equals("counter") ? "_total" : "");
      out.append("# HELP ").append(full).append(' ').append(help).append('\n');
      out.append("# TYPE ").append(full).append(' ').append(type).append('\n');
    }

    void sample(String name, String labels, long value) {
      out.append("weft_relay_").append(name).append("_total").append(labels);
      out.append(' ').append(value).append('\n');
    }

    @Override
    public String toString() {
      return out.toString();
    }
  }
}
