package dev.weft.runtime.netcheck;

import dev.weft.base.Endpoint;
import java.util.List;

/// A region as [Netcheck] sees it: where to send, and what counts in the choice of a home.
///
/// @param v4 where its relays answer STUN over IPv4; empty for none
/// @param v6 likewise over IPv6
/// @param score what its time is multiplied by in the choice, 1 when control says nothing
/// @param mayBeHome whether it may be chosen
record ProbeRegion(int id, List<Endpoint> v4, List<Endpoint> v6, double score, boolean mayBeHome) {
  ProbeRegion {
    v4 = List.copyOf(v4);
    v6 = List.copyOf(v6);
  }
}
