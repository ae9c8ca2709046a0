package dev.weft.runtime.control;

import dev.weft.tailcfg.PingRequest;
import dev.weft.tailcfg.PingResponse;
import java.util.List;

/// What a node answers when control asks it something (`docs/protocol/control.md` §3.3). Called on
/// a virtual thread; may block for the times named there.
public interface PingAnswers {
  /// The raw HTTP/1.1 response to a raw HTTP/1.1 request.
  byte[] handleC2n(byte[] request);

  /// The result of each kind of ping in the request.
  default List<PingResponse> ping(PingRequest request) {
    return List.of();
  }
}
