package dev.weft.runtime.control;

import dev.weft.keys.DiscoKey;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.ReportedEndpoint;
import java.util.List;

/// What a node tells about itself.
///
/// @param hostinfo with the network measurements, once there are some
/// @param endpoints where it may be reached
public record NodeReport(Hostinfo hostinfo, List<ReportedEndpoint> endpoints, DiscoKey discoKey) {
  public NodeReport {
    endpoints = List.copyOf(endpoints);
  }
}
