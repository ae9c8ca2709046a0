package dev.weft.runtime.derp;

import dev.weft.derp.ClientInfo;
import dev.weft.derp.ServerInfo;
import dev.weft.tailcfg.DerpNode;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.transport.derp.DerpClientHandshake;
import dev.weft.transport.derp.DerpEvent;
import dev.weft.transport.derp.DerpTls;
import dev.weft.transport.derp.RelayIdentity;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One attempt to connect to a region: its nodes in order, until one relays for us. On the node
/// loop.
final class RegionDial {
  interface OnConnected {
    void accept(RegionDial dial, Channel channel, ServerInfo info);
  }

  // dataplane.md §5.3.
  private static final int TIMEOUT_SECONDS = 10;

  private final DerpRegion region;
  private final RegionConnection.Setup setup;
  private final OnConnected onConnected;
  private final BiConsumer<RegionDial, String> onFailed;
  private final ArrayDeque<DerpNode> nodes = new ArrayDeque<>();

  private @Nullable RelayDial dial;
  private @Nullable Channel channel;
  private @Nullable Future<?> deadline;
  private boolean over;
  private String lastFailure = "the region has no relay";

  RegionDial(
      DerpRegion region,
      RegionConnection.Setup setup,
      OnConnected onConnected,
      BiConsumer<RegionDial, String> onFailed) {
    this.region = region;
    this.setup = setup;
    this.onConnected = onConnected;
    this.onFailed = onFailed;
    region.nodes().stream().filter(node -> !node.stunOnly()).forEach(nodes::add);
  }

  /// Never calls back before it returns.
  void start() {
    deadline =
        setup
            .loop()
            .eventLoop()
            .schedule(() -> fail("no answer in time"), TIMEOUT_SECONDS, TimeUnit.SECONDS);
    setup.loop().eventLoop().execute(this::tryNext);
  }

  /// Nothing is called any more.
  void cancel() {
    over = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
    if (dial != null) {
      dial.cancel();
    }
    if (channel != null) {
      channel.close();
    }
  }

  private void fail(String reason) {
    if (!over) {
      cancel();
      onFailed.accept(this, reason);
    }
  }

  private void tryNext() {
    if (over) {
      return;
    }
    DerpNode node = nodes.poll();
    if (node == null) {
      fail(lastFailure);
    } else {
      RelayDial started =
          new RelayDial(
              setup.loop(),
              setup.uplink(),
              node,
              setup.preferIpv6().getAsBoolean(),
              opened -> handshake(node, opened),
              reason -> onNodeFailed(node, reason));
      dial = started;
      started.start();
    }
  }

  private void onNodeFailed(DerpNode node, String reason) {
    lastFailure = "%s (%s): %s".formatted(node.name(), node.hostName(), reason);
    dial = null;
    channel = null;
    setup.loop().eventLoop().execute(this::tryNext);
  }

  private void handshake(DerpNode node, Channel opened) {
    channel = opened;
    RelayIdentity identity =
        RelayIdentity.of(node.hostName(), node.certName(), node.insecureForTests());
    DerpNode first = region.nodes().getFirst();
    try {
      opened
          .pipeline()
          .addLast(
              DerpTls.clientHandler(
                  identity,
                  setup.uplink().trust(),
                  opened.alloc(),
                  node.hostName(),
                  node.effectiveDerpPort()),
              new DerpClientHandshake(
                  setup.key(),
                  ClientInfo.ofNode(),
                  node.hostName(),
                  node.equals(first) ? null : first.name(),
                  setup.entropy()),
              new Outcome(node));
    } catch (SSLException e) {
      opened.close();
      onNodeFailed(node, "TLS: " + e.getMessage());
    }
  }

  /// Waits behind the handshake for what becomes of it.
  private final class Outcome extends ChannelInboundHandlerAdapter {
    private final DerpNode node;

    Outcome(DerpNode node) {
      this.node = node;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (!over && event instanceof DerpEvent derp) {
        switch (derp) {
          case DerpEvent.Ready(_, ServerInfo info) -> {
            channel = null;
            cancel();
            onConnected.accept(RegionDial.this, ctx.channel(), info);
            ctx.pipeline().remove(this);
          }
          case DerpEvent.Rejected(String reason) -> onNodeFailed(node, reason);
          // A relay's event.
          case DerpEvent.Accepted _ -> {}
        }
      }
    }

    /// Connections break; the handshake tells it.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
