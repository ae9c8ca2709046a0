package dev.weft.runtime.control;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.weft.keys.DiscoKey;
import dev.weft.keys.MachineKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import dev.weft.testkit.SeededEntropy;
import dev.weft.transport.proxy.Uplink;
import dev.weft.transport.tls.SystemTrust;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A client of a [FakeControl], and what it has told.
final class ClientRig implements AutoCloseable {
  private static final DiscoKey DISCO = DiscoKey.parse("discokey:" + "11".repeat(32));

  final SeededEntropy entropy = new SeededEntropy(7);
  final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  final Memory memory = new Memory();
  final Recorder events = new Recorder();
  final FakeControl server;
  final ControlClient client;

  ClientRig() throws Exception {
    server = new FakeControl(loops);
    ControlSettings settings =
        new ControlSettings(
            server.url(),
            MachinePrivateKey.generate(entropy::fill),
            loops,
            NioSocketChannel.class,
            SslContextBuilder.forClient().build(),
            Uplink.direct(SystemTrust.of(List.of())),
            bytes -> {
              synchronized (entropy) {
                entropy.fill(bytes);
              }
            },
            InstantSource.system(),
            new BasicC2n());
    client = new ControlClient(settings, memory, events);
    client.report(new NodeReport(Hostinfo.builder().hostname("alpha").build(), List.of(), DISCO));
  }

  /// Logs in and has a first map.
  FakeControl.Stream loggedIn() throws InterruptedException {
    client.login(LoginRequest.resume());
    events.next(LoginState.LoggedIn.class);
    FakeControl.Stream stream = FakeControl.next(server.streams);
    stream.begin();
    stream.send(first());
    events.next(NetworkMap.class);
    return stream;
  }

  static MapResponse first() {
    Node self =
        Node.builder()
            .id(1)
            .stableId("n1")
            .name("alpha.")
            .key(NodeKey.parse("nodekey:" + "22".repeat(32)))
            .build();
    return MapResponse.builder().node(self).build();
  }

  @Override
  public void close() {
    client.close();
    server.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /// The state of a node, in memory.
  static final class Memory implements ControlState {
    private final Map<URI, MachineKey> serverKeys = new HashMap<>();
    private Optional<NodePrivateKey> nodeKey = Optional.empty();
    private NodeKey old = NodeKey.ZERO;

    @Override
    public synchronized Optional<MachineKey> serverKey(URI server) {
      return Optional.ofNullable(serverKeys.get(server));
    }

    @Override
    public synchronized void saveServerKey(URI server, MachineKey key) {
      serverKeys.put(server, key);
    }

    @Override
    public synchronized void forgetServerKey(URI server) {
      serverKeys.remove(server);
    }

    @Override
    public synchronized Optional<NodePrivateKey> nodeKey() {
      return nodeKey;
    }

    @Override
    public synchronized NodeKey oldNodeKey() {
      return old;
    }

    @Override
    public synchronized void saveNodeKey(NodePrivateKey key, NodeKey before) throws IOException {
      nodeKey = Optional.of(key);
      old = before;
    }

    @Override
    public synchronized void forgetNodeKey() {
      nodeKey = Optional.empty();
      old = NodeKey.ZERO;
    }
  }

  record Recovered() {}

  record Browse(String url) {}

  /// Keeps events; asking for one kind passes over others.
  static final class Recorder implements ControlEvents {
    private final BlockingQueue<Object> all = new LinkedBlockingQueue<>();
    volatile boolean throwing;

    <T> T next(Class<T> kind) throws InterruptedException {
      while (true) {
        Object event = FakeControl.next(all);
        if (kind.isInstance(event)) {
          return assertInstanceOf(kind, event);
        }
      }
    }

    @Override
    public void onNetworkMap(NetworkMap map) {
      if (throwing) {
        throwing = false;
        throw new IllegalStateException("the listener's defect");
      }
      all.add(map);
    }

    @Override
    public void onLogin(LoginState state) {
      all.add(state);
    }

    @Override
    public void onNodeKey(NodePrivateKey key) {
      all.add(key);
    }

    @Override
    public void onProblem(ControlProblem problem) {
      all.add(problem);
    }

    @Override
    public void onRecovered() {
      all.add(new Recovered());
    }

    @Override
    public void onBrowse(String url) {
      all.add(new Browse(url));
    }

    /// The first waiting event of a kind; null for none.
    <T> @Nullable T peek(Class<T> kind) {
      return all.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElse(null);
    }
  }
}
