package dev.weft.runtime.backend;

import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.dns.DnsQuestion;
import dev.weft.ipn.HealthState;
import dev.weft.ipn.LoginProfile;
import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Options;
import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.PingResult;
import dev.weft.ipn.PingType;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.ipn.WatchOption;
import dev.weft.ipn.WhoIsResponse;
import dev.weft.json.JsonTypes;
import dev.weft.json.RawJson;
import dev.weft.keys.NodeKey;
import dev.weft.runtime.localapi.BackendException;
import dev.weft.runtime.localapi.LocalBackend;
import dev.weft.runtime.localapi.LocalDns;
import dev.weft.runtime.localapi.LocalProfiles;
import dev.weft.runtime.localapi.NotifyBus;
import dev.weft.runtime.localapi.PacketSink;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.QueryFeatureResponse;
import dev.weft.tailcfg.UserProfile;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What answers in place of a node whose state cannot be read. It says what is wrong to whoever
/// asks, and refuses to change anything: a node that began anew here would overwrite what may still
/// be saved.
public final class UnhealthyBackend
    implements LocalBackend, LocalDns, LocalProfiles, NotifyBus.Present {
  private static final String REFUSAL = "cannot start backend when state store is unhealthy: ";

  private final String version;
  private final String reason;
  private final Runnable onShutdown;
  private final NotifyBus bus;

  /// @param reason one line: what is wrong, and what to do
  public UnhealthyBackend(String version, String reason, Entropy entropy, Runnable onShutdown) {
    this.version = version;
    this.reason = reason;
    this.onShutdown = onShutdown;
    this.bus = new NotifyBus(version, entropy, this);
  }

  private BackendException refused() {
    return new BackendException(REFUSAL + reason);
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Status status(boolean withPeers) {
    return Status.builder()
        .version(version)
        .backendState(State.NO_STATE)
        .health(List.of(reason))
        .self(
            PeerStatus.builder()
                .hostName(HostFacts.hostname())
                .os("linux")
                .publicKey(NodeKey.ZERO)
                .build())
        .build();
  }

  @Override
  public Status status() {
    return status(true);
  }

  @Override
  public @Nullable RawJson netMap() {
    return null;
  }

  @Override
  public State state() {
    return State.NO_STATE;
  }

  @Override
  public String authUrl() {
    return "";
  }

  @Override
  public HealthState health() {
    SortedMap<String, HealthState.Warning> warnings = new TreeMap<>();
    warnings.put(
        "state-store-health",
        new HealthState.Warning(
            "state-store-health", "high", "State unreadable", reason, null, List.of(), true));
    return new HealthState(warnings);
  }

  @Override
  public Prefs prefs() {
    return Prefs.defaults().with(Pref.LOGGED_OUT, true);
  }

  @Override
  public void checkPrefs(Prefs prefs) throws BackendException {
    throw refused();
  }

  @Override
  public Prefs editPrefs(MaskedPrefs change) throws BackendException {
    throw refused();
  }

  @Override
  public void start(Options options) throws BackendException {
    throw refused();
  }

  @Override
  public void loginInteractive() throws BackendException {
    throw refused();
  }

  @Override
  public void logout() throws BackendException {
    throw refused();
  }

  @Override
  public Watch watch(Set<WatchOption> options, Watcher watcher) {
    return bus.watch(options, watcher, _ -> {});
  }

  @Override
  public Optional<WhoIsResponse> whois(Endpoint remote) {
    return Optional.empty();
  }

  @Override
  public Optional<WhoIsResponse> whois(NodeKey key) {
    return Optional.empty();
  }

  @Override
  public PingResult ping(Ip address, PingType type, int size) throws BackendException {
    throw refused();
  }

  @Override
  public Optional<DerpMap> derpMap() {
    return Optional.empty();
  }

  @Override
  public String serveConfig() {
    return "null";
  }

  @Override
  public boolean replaceServeConfig(String expected, String json) throws BackendException {
    throw refused();
  }

  @Override
  public QueryFeatureResponse queryFeature(String feature) throws BackendException {
    throw refused();
  }

  /// Nothing is on the tailnet, and this is not the one to say what is elsewhere.
  @Override
  public Optional<Endpoint> outsideTailnet(String host, int port) throws UnknownHostException {
    throw new UnknownHostException(REFUSAL + reason);
  }

  @Override
  public Future<Channel> dial(String host, int port, ChannelHandler handler) {
    throw new IllegalStateException(REFUSAL + reason);
  }

  @Override
  public String userMetrics() {
    return "";
  }

  @Override
  public LocalDns dns() {
    return this;
  }

  @Override
  public LocalProfiles profiles() {
    return this;
  }

  @Override
  public Optional<RawJson> networkMap() {
    return Optional.empty();
  }

  @Override
  public Capture capture(PacketSink sink) throws BackendException {
    throw refused();
  }

  @Override
  public void shutdown() {
    onShutdown.run();
  }

  @Override
  public Optional<DnsConfig> config() {
    return Optional.empty();
  }

  @Override
  public SystemConfig systemConfig() throws BackendException {
    throw refused();
  }

  @Override
  public Result query(DnsQuestion question) throws BackendException {
    throw refused();
  }

  @Override
  public List<LoginProfile> all() {
    return List.of();
  }

  @Override
  public LoginProfile current() {
    return new LoginProfile(
        "",
        "",
        new LoginProfile.NetworkProfile("", "", ""),
        "",
        UserProfile.builder().build(),
        "",
        "",
        JsonTypes.ZERO_TIME);
  }

  @Override
  public void begin() throws BackendException {
    throw refused();
  }

  @Override
  public void use(String id) throws BackendException {
    throw refused();
  }

  @Override
  public void delete(String id) throws BackendException {
    throw refused();
  }
}
