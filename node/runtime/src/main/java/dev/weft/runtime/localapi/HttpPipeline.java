package dev.weft.runtime.localapi;

import dev.weft.runtime.loop.ChannelRelay;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;

/// The handlers of a connection: HTTP, until it becomes a relay.
final class HttpPipeline {
  private static final int MAX_BODY =
      4 << 20; // a serve configuration with long texts; everything else is a few KiB
  private static final String CODEC = "http";
  private static final String AGGREGATOR = "body";
  private static final String CONNECTION = "localapi";

  private HttpPipeline() {}

  static void install(Channel channel, Connection connection) {
    channel
        .pipeline()
        .addLast(CODEC, new HttpServerCodec())
        .addLast(AGGREGATOR, new HttpObjectAggregator(MAX_BODY))
        .addLast(CONNECTION, connection);
  }

  /// Sends the last HTTP message and joins the two channels. On the event loop of both.
  static void becomeRelay(Channel client, HttpResponse switching, Channel destination) {
    client.writeAndFlush(switching);
    ChannelPipeline pipeline = client.pipeline();
    client.config().setAutoRead(false);
    pipeline.remove(CONNECTION);
    pipeline.remove(AGGREGATOR);
    ChannelRelay.join(client, destination);
    pipeline.remove(CODEC); // hands on what the client sent after its request
  }
}
