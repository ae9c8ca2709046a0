package dev.weft.netstack;

import dev.weft.base.Endpoint;

/// A connection in UNDECIDED as the application sees it.
final class PendingRequest implements TcpRequest {
  private final TcpConnection c;

  PendingRequest(TcpConnection c) {
    this.c = c;
  }

  @Override
  public Endpoint local() {
    return c.local();
  }

  @Override
  public Endpoint remote() {
    return c.remote();
  }

  /// When the peer has gone meanwhile, the handler hears that at the next flush.
  @Override
  public TcpSocket accept(TcpHandler handler) {
    c.setHandler(handler);
    if (c.state == TcpState.UNDECIDED) {
      c.setState(TcpState.SYN_RECEIVED);
      c.lifeDeadline = TimerHeap.NEVER;
      c.sendSyn = true;
      c.tcp.halfOpen.answer(c);
      c.markDirty();
    }
    return c;
  }

  @Override
  public void reject() {
    if (c.state == TcpState.UNDECIDED) {
      c.abort();
    }
  }
}
