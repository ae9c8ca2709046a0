package dev.weft.load;

import dev.weft.base.Entropy;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.CapabilityVersion;
import dev.weft.tailcfg.EndpointType;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.NetInfo;
import dev.weft.tailcfg.RegisterAuth;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One node: its keys, what it says of itself, and its talk with control. Methods block; one thread
/// at a time.
final class SimulatedNode implements AutoCloseable {
  /// The time in the past by which a client logs out.
  private static final Instant LOGOUT = Instant.ofEpochSecond(123);

  private static final String REGISTER = "/machine/register";
  private static final String MAP = "/machine/map";

  private final int number;
  private final Wire wire;
  private final @Nullable InetAddress from;
  private final MachinePrivateKey machine;
  private final NodePrivateKey key;
  private final DiscoKey disco;
  private final Hostinfo hostinfo;
  private volatile @Nullable Session session;
  private volatile String endpoint;

  /// @param number unique in this process; part of its name
  /// @param from the address it connects from; null for the system's choice
  SimulatedNode(int number, Wire wire, @Nullable InetAddress from, int homeRegion) {
    Entropy entropy = wire.entropy();
    this.number = number;
    this.wire = wire;
    this.from = from;
    this.machine = MachinePrivateKey.generate(entropy);
    this.key = NodePrivateKey.generate(entropy);
    this.disco = DiscoPrivateKey.generate(entropy).publicKey();
    this.hostinfo =
        Hostinfo.builder()
            .ipnVersion("1.103.0")
            .backendLogId(String.format("%064x", number))
            .os("linux")
            .osVersion("6.12.0")
            .distro("debian")
            .distroVersion("13")
            .hostname("load-" + number)
            .machine("x86_64")
            .goArch("amd64")
            .netInfo(
                NetInfo.builder()
                    .workingUdp(true)
                    .mappingVariesByDestIp(false)
                    .preferredDerp(homeRegion)
                    .build())
            .build();
    this.endpoint = Stamp.initial(number);
  }

  int number() {
    return number;
  }

  /// Registers.
  void register(String authKey, boolean ephemeral) throws IOException, InterruptedException {
    RegisterResponse answer =
        ask(
            request()
                .auth(RegisterAuth.builder().authKey(authKey).build())
                .ephemeral(ephemeral)
                .build());
    if (!answer.error().isEmpty() || !answer.machineAuthorized()) {
      throw new IOException(
          "node "
              + number
              + " was refused: "
              + (answer.error().isEmpty() ? "not authorized" : answer.error()));
    }
  }

  /// Lets the key expire now; an ephemeral node is gone with that.
  void logout() throws IOException, InterruptedException {
    ask(request().expiry(LOGOUT).build());
  }

  private RegisterRequest.Builder request() {
    return RegisterRequest.builder()
        .version(CapabilityVersion.CURRENT)
        .nodeKey(key.publicKey())
        .hostinfo(hostinfo);
  }

  private RegisterResponse ask(RegisterRequest request) throws IOException, InterruptedException {
    try {
      byte[] body = Json.encode(RegisterRequest.JSON, request);
      return Json.decode(RegisterResponse.JSON, connection().call(REGISTER, body));
    } catch (MalformedJson e) {
      throw new IOException("the answer to a registration is no JSON", e);
    }
  }

  /// Opens a map stream.
  ///
  /// @return completes when it is over
  CompletableFuture<Void> openStream(FrameCutter cutter) throws IOException, InterruptedException {
    MapRequest request = map().stream(true).build();
    return connection().open(MAP, Json.encode(MapRequest.JSON, request), cutter);
  }

  /// Tells control of another endpoint, as the node does that has changed its network.
  void moveTo(String next) throws IOException, InterruptedException {
    endpoint = next;
    connection().call(MAP, Json.encode(MapRequest.JSON, map().omitPeers(true).build()));
  }

  private MapRequest.Builder map() {
    return MapRequest.builder()
        .version(CapabilityVersion.CURRENT)
        .compress("zstd")
        .keepAlive(true)
        .nodeKey(key.publicKey())
        .discoKey(disco)
        .hostinfo(hostinfo)
        .endpoints(List.of(endpoint, Stamp.local(number)))
        .endpointTypes(List.of(EndpointType.STUN.code(), EndpointType.LOCAL.code()));
  }

  private synchronized Session connection() throws IOException, InterruptedException {
    Session now = session;
    if (now == null) {
      now = wire.dial(machine, from);
      session = now;
    }
    return now;
  }

  /// Gives the connection up; the next request dials.
  @Override
  public void close() {
    Session now = session;
    session = null;
    if (now != null) {
      now.close();
    }
  }
}
