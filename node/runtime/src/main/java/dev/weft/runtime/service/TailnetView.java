package dev.weft.runtime.service;

import dev.weft.base.Ip;
import dev.weft.node.Caller;
import dev.weft.node.SelfNode;
import java.util.Optional;

/// The tailnet as the latest network map describes it. Every answer is of one moment; safe from any
/// thread.
public interface TailnetView {
  /// This node; empty until the first network map.
  Optional<SelfNode> self();

  /// The address of a MagicDNS name, full (with or without its final dot) or short. The case does
  /// not matter.
  Optional<Ip> resolve(String host);

  /// Whether packets to this address go over the tailnet.
  boolean reaches(Ip address);

  /// Whose address this is.
  Optional<Caller> whois(Ip address);
}
