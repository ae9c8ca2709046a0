package dev.weft.engine.filter;

import dev.weft.base.PrefixSet;
import java.util.BitSet;
import java.util.List;

/// A compiled rule.
///
/// @param protocols IP protocol numbers
/// @param sourceCapabilities sources may also be those that have one of these
record Match(
    BitSet protocols,
    PrefixSet sources,
    List<String> sourceCapabilities,
    List<Destinations> destinations) {
  Match {
    sourceCapabilities = List.copyOf(sourceCapabilities);
    destinations = List.copyOf(destinations);
  }

  boolean hasProtocol(int protocol) {
    return protocols.get(protocol);
  }

  boolean hasSource(long high, long low, FilterConfig.SourceCapabilities capabilities) {
    if (sources.contains(high, low)) {
      return true;
    }
    for (int i = 0; i < sourceCapabilities.size(); i++) {
      if (capabilities.has(high, low, sourceCapabilities.get(i))) {
        return true;
      }
    }
    return false;
  }

  boolean hasDestination(long high, long low) {
    for (int i = 0; i < destinations.size(); i++) {
      if (destinations.get(i).hasAddress(high, low)) {
        return true;
      }
    }
    return false;
  }

  boolean hasDestination(long high, long low, int port) {
    for (int i = 0; i < destinations.size(); i++) {
      Destinations each = destinations.get(i);
      if (each.hasPort(port) && each.hasAddress(high, low)) {
        return true;
      }
    }
    return false;
  }

  boolean hasWholeDestination(long high, long low) {
    for (int i = 0; i < destinations.size(); i++) {
      Destinations each = destinations.get(i);
      if (each.hasAllPorts() && each.hasAddress(high, low)) {
        return true;
      }
    }
    return false;
  }
}
