package dev.weft.netstack.channel;

import dev.weft.netstack.TcpRequest;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;

/// The answer to one SYN; the first one counts.
final class ForwarderDecision implements Forwarder.Decision {
  private final NetstackLoop loop;
  private final TcpRequest request;
  private final Flow flow;
  private boolean isMade;

  ForwarderDecision(NetstackLoop loop, TcpRequest request, Flow flow) {
    this.loop = loop;
    this.request = request;
    this.flow = flow;
  }

  @Override
  public Future<Channel> accept(ChannelHandler handler) {
    if (isMade) {
      throw new IllegalStateException("already decided: " + flow);
    }
    isMade = true;
    NetstackChannel channel = new NetstackChannel(loop, flow, request::accept);
    return loop.register(channel, handler);
  }

  @Override
  public void reject() {
    if (!isMade) {
      isMade = true;
      request.reject();
      loop.requestFlush();
    }
  }
}
