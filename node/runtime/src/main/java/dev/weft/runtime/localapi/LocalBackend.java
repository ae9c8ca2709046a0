package dev.weft.runtime.localapi;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Notify;
import dev.weft.ipn.Options;
import dev.weft.ipn.PingResult;
import dev.weft.ipn.PingType;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.Status;
import dev.weft.ipn.WatchOption;
import dev.weft.ipn.WhoIsResponse;
import dev.weft.json.RawJson;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.QueryFeatureResponse;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;

/// What the LocalAPI asks of a node.
///
/// Every method but [#dial] is called on a virtual thread of the request and may block; calls come
/// from many threads at once. What is returned is an immutable snapshot. Permissions have been
/// checked before a method is called.
public interface LocalBackend {
  /// The version of the daemon, as in [Status#version].
  String version();

  /// The node as it stands now. Without peers the answer is cheap, and that is what most callers
  /// want.
  Status status(boolean withPeers);

  Prefs prefs();

  /// Says whether the node could run with these settings, and changes nothing.
  ///
  /// @throws BackendException when it could not; the message says which setting is wrong
  void checkPrefs(Prefs prefs) throws BackendException;

  /// Changes settings, keeps them over a restart, and begins to act on them: `WantRunning` connects
  /// and disconnects.
  ///
  /// @return the settings after the change
  Prefs editPrefs(MaskedPrefs change) throws BackendException;

  /// Begins anew: takes the settings in `options`, when there are any, as the whole of the
  /// settings, and logs in with the key, when there is one. Returns when that is under way; how it
  /// goes is told on the event stream.
  void start(Options options) throws BackendException;

  /// Asks control for a page where a person can log this node in; the page is told on the event
  /// stream as `BrowseToURL`. With a key given to [#start] before, logs in with that.
  void loginInteractive() throws BackendException;

  /// Ends the login at control and forgets its node key. Returns when that is done.
  void logout() throws BackendException;

  /// Tells `watcher` what happens from now on. The first event, where `options` ask for one,
  /// carries the present state and is told before this returns; no event is lost in between. See
  /// [NotifyBus], which does all of this.
  ///
  /// When the watch is closed, what was served in the foreground under its session ID
  /// (`ServeConfig.Foreground`) ends; when that entry is removed by another client, the backend
  /// ends the watch.
  Watch watch(Set<WatchOption> options, Watcher watcher);

  /// Who is behind an address of the tailnet. For a loopback address with a port the answer is the
  /// peer on whose behalf the node forwards; port 0 asks for a tailnet address alone.
  Optional<WhoIsResponse> whois(Endpoint remote);

  Optional<WhoIsResponse> whois(NodeKey key);

  /// Sends one ping and waits for its answer. An address that is no peer's, and the node's own, are
  /// answers too ([PingResult#err], [PingResult#isLocalIp]).
  ///
  /// @param size bytes of the datagram for [PingType#DISCO]; 0 for the smallest
  /// @throws BackendException when there was no answer in time, or the type is not supported
  /// @throws InterruptedException when the caller went away
  PingResult ping(Ip address, PingType type, int size)
      throws BackendException, InterruptedException;

  /// The relays; empty before the first network map.
  Optional<DerpMap> derpMap();

  /// The serve configuration as JSON; `null` (the four letters) when nothing is configured.
  String serveConfig();

  /// Replaces the serve configuration if it is still `expected`, the text that [#serveConfig] gave.
  ///
  /// @return false when somebody else changed it meanwhile
  /// @throws BackendException when `json` is no valid configuration, or conflicts with what is
  ///   served
  boolean replaceServeConfig(String expected, String json) throws BackendException;

  /// Asks control whether a feature is on for this tailnet.
  QueryFeatureResponse queryFeature(String feature) throws BackendException;

  /// Where a name leads when that is *not* over the tailnet, so that the caller can dial it as
  /// itself; empty for a destination on the tailnet.
  Optional<Endpoint> outsideTailnet(String host, int port) throws UnknownHostException;

  /// Opens a TCP connection over the tailnet, as [dev.weft.node.Tailnet#dial]. Called on the event
  /// loop of the server.
  Future<Channel> dial(String host, int port, ChannelHandler handler);

  /// The counters for users in Prometheus text form, each with the name that the peer gives it.
  String userMetrics();

  /// Names, as the node knows them and finds them out.
  LocalDns dns();

  /// The logins that this node has.
  LocalProfiles profiles();

  /// The whole network map as JSON, for people who look for a fault; empty before there is one.
  Optional<RawJson> networkMap();

  /// Prepares to show the packets in the tunnel.
  ///
  /// @throws BackendException when as many are captured as can be
  Capture capture(PacketSink sink) throws BackendException;

  /// Ends the daemon. Returns at once.
  void shutdown();

  /// Packets being captured, from [#start] on.
  interface Capture extends AutoCloseable {
    void start();

    /// Ends it; idempotent. The sink may be shown a few more packets.
    @Override
    void close();
  }

  /// Who is told what happens. Does not block and does not throw; called from any thread, one call
  /// at a time.
  interface Watcher {
    void on(Notify event);

    /// The backend ends the watch; nothing more is told.
    void ended();
  }

  /// A running watch.
  interface Watch extends AutoCloseable {
    /// Names the watch: 16 lower-case hexadecimal digits.
    String sessionId();

    /// Ends it; idempotent. The watcher may hear one more event.
    @Override
    void close();
  }
}
