package dev.weft.runtime.service;

import dev.weft.netstack.channel.Forwarder;
import dev.weft.node.Tailnet;
import dev.weft.node.spi.Inbound;
import dev.weft.node.spi.NodeService;
import dev.weft.node.spi.ServeConfigSource;
import dev.weft.node.spi.ServiceContext;
import dev.weft.runtime.loop.NodeLoop;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The services of one node and what they share: the tailnet, the inbound table, the serve
/// configuration.
public final class ServiceHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceHost.class);

  private final InboundTable table = new InboundTable();
  private final NodeTailnet tailnet;
  private final InboundDispatch dispatch;
  private final ServeSettings serve;
  private final List<NodeService> started = new ArrayList<>();

  public ServiceHost(NodeLoop loop, TailnetView view, TailnetStack stack, ServeSettings serve) {
    Listeners listeners = new Listeners();
    Origins origins = new Origins();
    this.tailnet = new NodeTailnet(loop, view, stack, listeners, origins);
    this.dispatch =
        new InboundDispatch(loop, view, table, listeners, origins, new UdpForwarding(loop, stack));
    this.serve = serve;
  }

  public NodeTailnet tailnet() {
    return tailnet;
  }

  /// What the stack asks about connections and datagrams that peers send.
  public Forwarder forwarder() {
    return dispatch;
  }

  /// Starts services, in the order given. A service that fails is left out and said so; the node
  /// runs without it.
  public void start(Iterable<NodeService> services) {
    for (NodeService service : services) {
      try {
        service.start(new Context());
        started.add(service);
      } catch (RuntimeException e) {
        LOG.error("the service {} does not start: {}", service.name(), e.getMessage(), e);
      }
    }
  }

  @Override
  public void close() {
    for (NodeService service : started.reversed()) {
      try {
        service.stop();
      } catch (RuntimeException e) {
        LOG.error("the service {} does not stop: {}", service.name(), e.getMessage(), e);
      }
    }
    started.clear();
  }

  private final class Context implements ServiceContext {
    @Override
    public Tailnet tailnet() {
      return tailnet;
    }

    @Override
    public Inbound inbound() {
      return table;
    }

    @Override
    public ServeConfigSource serveConfig() {
      return serve;
    }
  }
}
