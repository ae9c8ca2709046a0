package dev.weft.runtime.localapi;

import dev.weft.runtime.loop.ChannelRelay;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;

/// The handlers of a connection: HTTP, until it becomes a relay.
final class HttpPipeline {
  private static final int MAX_BODY_OF_OWNER =
      4 << 20; // a serve configuration with long texts; everything else is a few KiB
  private static final int MAX_BODY_OF_OTHERS =
      256 << 10; // it is read before it is known who may do what
  private static final String CODEC = "http";
  private static final String AGGREGATOR = "body";
  private static final String CONNECTION = "localapi";

  private HttpPipeline() {}

  /// @param isOwner whether the caller is one whose memory it is anyway ([AccessRules#isOwner])
  static void install(Channel channel, Connection connection, boolean isOwner) {
    int maxBody = isOwner ? MAX_BODY_OF_OWNER : MAX_BODY_OF_OTHERS;
    channel
        .pipeline()
        .addLast(CODEC, new HttpServerCodec())
        .addLast(AGGREGATOR, new HttpObjectAggregator(maxBody))
        .addLast(CONNECTION, connection);
  }

  /// Sends the last HTTP message and joins the two channels. On the event loop of both. A client
  /// that has gone meanwhile, and with it its handlers, leaves a destination that nobody else would
  /// close.
  static void becomeRelay(Channel client, HttpResponse switching, Channel destination) {
    if (!client.isActive()) {
      ReferenceCountUtil.release(switching);
      destination.close();
      return;
    }
    client.writeAndFlush(switching);
    ChannelPipeline pipeline = client.pipeline();
    client.config().setAutoRead(false);
    pipeline.remove(CONNECTION);
    pipeline.remove(AGGREGATOR);
    ChannelRelay.join(client, destination);
    pipeline.remove(CODEC); // hands on what the client sent after its request
  }
}
