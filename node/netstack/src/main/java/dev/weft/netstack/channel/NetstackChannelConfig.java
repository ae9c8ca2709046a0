package dev.weft.netstack.channel;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannelConfig;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Options of a TCP channel: half closure, `TCP_NODELAY` (on by default), `SO_KEEPALIVE`,
/// `SO_LINGER` (0: close resets).
///
/// Buffer sizes follow the path by themselves, so `SO_RCVBUF` and `SO_SNDBUF` are not offered.
final class NetstackChannelConfig extends DefaultChannelConfig implements DuplexChannelConfig {
  private final NetstackChannel owner;
  private boolean allowHalfClosure;
  private boolean noDelay = true;
  private boolean keepAlive;
  private int linger = -1;

  NetstackChannelConfig(NetstackChannel owner) {
    super(owner);
    this.owner = owner;
  }

  @Override
  public Map<ChannelOption<?>, Object> getOptions() {
    return getOptions(
        super.getOptions(),
        ChannelOption.ALLOW_HALF_CLOSURE,
        ChannelOption.TCP_NODELAY,
        ChannelOption.SO_KEEPALIVE,
        ChannelOption.SO_LINGER);
  }

  @Override
  @SuppressWarnings("unchecked") // The option names its type.
  public <T> T getOption(ChannelOption<T> option) {
    Object value = value(option);
    return value != null ? (T) value : super.getOption(option);
  }

  private @Nullable Object value(ChannelOption<?> option) {
    if (Objects.equals(option, ChannelOption.ALLOW_HALF_CLOSURE)) {
      return allowHalfClosure;
    }
    if (Objects.equals(option, ChannelOption.TCP_NODELAY)) {
      return noDelay;
    }
    if (Objects.equals(option, ChannelOption.SO_KEEPALIVE)) {
      return keepAlive;
    }
    return Objects.equals(option, ChannelOption.SO_LINGER) ? linger : null;
  }

  @Override
  public <T> boolean setOption(ChannelOption<T> option, T value) {
    validate(option, value);
    if (Objects.equals(option, ChannelOption.ALLOW_HALF_CLOSURE)) {
      allowHalfClosure = (Boolean) value;
    } else if (Objects.equals(option, ChannelOption.TCP_NODELAY)) {
      noDelay = (Boolean) value;
      owner.applyOptions();
    } else if (Objects.equals(option, ChannelOption.SO_KEEPALIVE)) {
      keepAlive = (Boolean) value;
      owner.applyOptions();
    } else if (Objects.equals(option, ChannelOption.SO_LINGER)) {
      linger = (Integer) value;
    } else {
      return super.setOption(option, value);
    }
    return true;
  }

  boolean isNoDelay() {
    return noDelay;
  }

  boolean isKeepAlive() {
    return keepAlive;
  }

  int linger() {
    return linger;
  }

  @Override
  public boolean isAllowHalfClosure() {
    return allowHalfClosure;
  }

  @Override
  public DuplexChannelConfig setAllowHalfClosure(boolean allow) {
    allowHalfClosure = allow;
    return this;
  }

  @Override
  protected void autoReadCleared() {
    owner.clearReadPending();
  }

  // The rest only narrows return types.

  @Override
  @SuppressWarnings("deprecation") // The interface declares it.
  public DuplexChannelConfig setMaxMessagesPerRead(int count) {
    super.setMaxMessagesPerRead(count);
    return this;
  }

  @Override
  public DuplexChannelConfig setWriteSpinCount(int count) {
    super.setWriteSpinCount(count);
    return this;
  }

  @Override
  public DuplexChannelConfig setAllocator(ByteBufAllocator allocator) {
    super.setAllocator(allocator);
    return this;
  }

  @Override
  public DuplexChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
    super.setRecvByteBufAllocator(allocator);
    return this;
  }

  @Override
  public DuplexChannelConfig setAutoRead(boolean on) {
    super.setAutoRead(on);
    return this;
  }

  @Override
  public DuplexChannelConfig setAutoClose(boolean on) {
    super.setAutoClose(on);
    return this;
  }

  @Override
  public DuplexChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
    super.setMessageSizeEstimator(estimator);
    return this;
  }

  @Override
  public DuplexChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark mark) {
    super.setWriteBufferWaterMark(mark);
    return this;
  }
}
