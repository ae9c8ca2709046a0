package dev.weft.engine.filter;

import dev.weft.base.IpPrefix;
import dev.weft.tailcfg.FilterRule;
import java.util.List;

/// What the filter enforces.
///
/// @param rules of the network map, in any order
/// @param localNets destinations that are ours: own addresses, and routes we advertise
/// @param shieldsUp whether nothing is to come in, whatever the rules say
/// @param capabilities which node capabilities a source address has
public record FilterConfig(
    List<FilterRule> rules,
    List<IpPrefix> localNets,
    boolean shieldsUp,
    SourceCapabilities capabilities) {
  public FilterConfig {
    rules = List.copyOf(rules);
    localNets = List.copyOf(localNets);
  }

  /// Answers for rules whose source is `cap:<node capability>`.
  @FunctionalInterface
  public interface SourceCapabilities {
    /// No source has any.
    SourceCapabilities NONE = (high, low, capability) -> false;

    /// @param high with `low` the source, IPv4 mapped (`::ffff:a.b.c.d`)
    boolean has(long high, long low, String capability);
  }
}
