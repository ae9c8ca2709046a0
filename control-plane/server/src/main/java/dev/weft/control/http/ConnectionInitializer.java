package dev.weft.control.http;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.transport.tls.CurrentTls;
import dev.weft.transport.ts2021.Ts2021Peer;
import dev.weft.transport.ts2021.Ts2021ServerHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Builds the pipeline of one connection: TLS if any, HTTP/1.1, and after the upgrade HTTP/2 inside
/// Noise.
final class ConnectionInitializer extends ChannelInitializer<Channel> {
  /// How long a connection may take to say what it wants.
  private static final int PATIENCE_SECONDS = 30;

  private static final int MAX_OPEN_BODY = 4096;

  /// The map stream, and whatever else a node asks beside it.
  private static final int MAX_STREAMS = 16;

  /// Those of clients take some hundred bytes.
  private static final int MAX_HEADERS = 8 * 1024;

  private final @Nullable CurrentTls tls;
  private final MachinePrivateKey serverKey;
  private final Entropy entropy;
  private final Handlers handlers;
  private final TrustedProxies proxies;
  private final Limits limits;
  private final Executor executor;

  ConnectionInitializer(
      @Nullable CurrentTls tls,
      MachinePrivateKey serverKey,
      Entropy entropy,
      Handlers handlers,
      TrustedProxies proxies,
      Limits limits,
      Executor executor) {
    this.tls = tls;
    this.serverKey = serverKey;
    this.entropy = entropy;
    this.handlers = handlers;
    this.proxies = proxies;
    this.limits = limits;
    this.executor = executor;
  }

  @Override
  protected void initChannel(Channel channel) {
    SocketAddress remote = channel.remoteAddress();
    if (!limits.connections.enter(remote)) {
      channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> limits.connections.leave(remote));
    ChannelPipeline pipeline = channel.pipeline();
    if (tls != null) {
      pipeline.addLast(tls.newHandler(channel.alloc()));
    }
    pipeline.addLast(new HttpServerCodec());
    ClientAddress clientAddress = new ClientAddress(proxies, limits);
    pipeline.addLast(clientAddress);
    pipeline.addLast(
        new Ts2021ServerHandler(
            serverKey,
            entropy,
            (inside, peer) -> {
              inside.remove(clientAddress);
              openInside(inside, peer);
            }));
    pipeline.addLast(new Deadline(PATIENCE_SECONDS));
    pipeline.addLast(new HttpObjectAggregator(MAX_OPEN_BODY));
    pipeline.addLast(new OpenRequestHandler(handlers, limits.failures, executor));
  }

  private void openInside(ChannelPipeline pipeline, Ts2021Peer peer) {
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(MAX_STREAMS)
                    .maxHeaderListSize(MAX_HEADERS))
            .build();
    pipeline.addLast(codec);
    pipeline.addLast(
        new Http2MultiplexHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel stream) {
                openStream(stream, peer);
              }
            }));
    pipeline.addLast(new Liveness(() -> codec.connection().numActiveStreams() > 0));
  }

  private void openStream(Channel stream, Ts2021Peer peer) {
    @Nullable Ip place = ClientAddress.place(stream.parent());
    if (!limits.streams.enter(place)) {
      // When what opened it has been read: else that is a frame of a stream that is closed.
      stream.parent().eventLoop().execute(() -> stream.close());
      return;
    }
    stream.closeFuture().addListener(_ -> limits.streams.leave(place));
    stream
        .pipeline()
        .addLast(
            new AnswerDeadline(), new NodeRequestHandler(peer, handlers, limits, place, executor));
  }
}
