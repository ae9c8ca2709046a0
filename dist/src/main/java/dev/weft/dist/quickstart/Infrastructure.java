package dev.weft.dist.quickstart;

import dev.weft.control.ControlServer;
import dev.weft.control.ControlSettings;
import dev.weft.control.tailnet.Tailnet;
import dev.weft.relay.RelayServer;
import dev.weft.relay.RelaySettings;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpRegion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/// The relay and the control plane, in this process.
final class Infrastructure {
  static final String DOMAIN = "home.weft";

  private static final String USER = "me";

  /// The first of the regions for private use (`docs/protocol/dataplane.md` §5.6).
  private static final int REGION = 900;

  private final String url;
  private final String relayAddress;
  private final ControlServer control;

  private Infrastructure(String url, String relayAddress, ControlServer control) {
    this.url = url;
    this.relayAddress = relayAddress;
    this.control = control;
  }

  static Infrastructure start(QuickstartSettings settings, StateFolder folder, Teardown teardown)
      throws QuickstartException {
    String host = settings.listen().getHostAddress();
    String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    String url = "http://" + bracketed + ":" + settings.ports().control();
    try {
      RelayServer relay = RelayServer.start(relaySettings(settings, folder, host));
      teardown.add(relay);
      DerpRegion region = relay.derpRegion(REGION, "home", "Home");
      ControlServer control = ControlServer.start(controlSettings(settings, folder, url, region));
      teardown.add(control);
      control.ensureUser(USER);
      return new Infrastructure(url, bracketed + ":" + settings.ports().relay(), control);
    } catch (IOException e) {
      throw new QuickstartException(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  String url() {
    return url;
  }

  String relayAddress() {
    return relayAddress;
  }

  /// For one of our own nodes, used at once.
  String newNodeKey() {
    return newKey(Duration.ofMinutes(5));
  }

  /// For a machine of the user's.
  String newGuestKey() {
    return newKey(Duration.ofHours(1));
  }

  private String newKey(Duration lifetime) {
    return control.createAuthKey(new Tailnet.AuthKeySpec(USER, false, false, List.of(), lifetime));
  }

  private static RelaySettings relaySettings(
      QuickstartSettings settings, StateFolder folder, String host) throws QuickstartException {
    return RelaySettings.of(
            new InetSocketAddress(settings.listen(), settings.ports().relay()),
            new InetSocketAddress(settings.listen(), settings.ports().stun()),
            host,
            folder.relay())
        .withThreads(1);
  }

  private static ControlSettings controlSettings(
      QuickstartSettings settings, StateFolder folder, String url, DerpRegion region)
      throws QuickstartException {
    TreeMap<Integer, DerpRegion> regions = new TreeMap<>();
    regions.put(REGION, region);
    return ControlSettings.builder()
        .stateDir(folder.control())
        .listen(new InetSocketAddress(settings.listen(), settings.ports().control()))
        .url(URI.create(url))
        .domain(DOMAIN)
        .derpMap(DerpMap.builder().regions(regions).build())
        .build();
  }
}
