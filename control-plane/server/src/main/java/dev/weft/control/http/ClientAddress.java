package dev.weft.control.http;

import dev.weft.base.Ip;
import dev.weft.transport.limit.Place;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AttributeKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes down whom a trusted front speaks for, and closes the connection when that place has too
/// many. One per connection, right behind the HTTP codec.
final class ClientAddress extends ChannelInboundHandlerAdapter {
  private static final AttributeKey<Ip> CLIENT = AttributeKey.valueOf(ClientAddress.class, "ip");
  private static final String HEADER = "X-Forwarded-For";

  private final TrustedProxies proxies;
  private final Limits limits;

  ClientAddress(TrustedProxies proxies, Limits limits) {
    this.proxies = proxies;
    this.limits = limits;
  }

  /// Where a connection comes from; null when that is not known.
  static @Nullable Ip place(Channel channel) {
    @Nullable Ip client = channel.attr(CLIENT).get();
    return client == null ? Place.of(channel.remoteAddress()) : client;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request && ctx.channel().attr(CLIENT).get() == null) {
      List<String> lines = request.headers().getAll(HEADER);
      @Nullable Ip client =
          proxies
              .client(
                  ctx.channel().remoteAddress(), lines.isEmpty() ? null : String.join(",", lines))
              .orElse(null);
      if (client != null && !enter(ctx.channel(), Place.of(client))) {
        ctx.close();
      }
    }
    ctx.fireChannelRead(message);
  }

  private boolean enter(Channel channel, Ip place) {
    if (!limits.forwarded.enter(place)) {
      return false;
    }
    channel.attr(CLIENT).set(place);
    channel.closeFuture().addListener(_ -> limits.forwarded.leave(place));
    return true;
  }
}
