package dev.weft.engine.filter;

import dev.weft.base.IpPrefix;
import dev.weft.base.PrefixSet;
import dev.weft.packet.IpProtocol;
import dev.weft.tailcfg.FilterRule;
import dev.weft.tailcfg.NetPortRange;
import dev.weft.tailcfg.PortRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Turns rules into their fast form. A rule with anything in it that is not understood is left out
/// as a whole: half a rule is not what its author wrote.
final class RuleCompiler {
  private static final String CAPABILITY = "cap:";
  private static final BitSet USUAL_PROTOCOLS = new BitSet();

  static {
    USUAL_PROTOCOLS.set(IpProtocol.TCP);
    USUAL_PROTOCOLS.set(IpProtocol.UDP);
    USUAL_PROTOCOLS.set(IpProtocol.ICMP_V4);
    USUAL_PROTOCOLS.set(IpProtocol.ICMP_V6);
  }

  private final List<Match> matches = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  RuleCompiler(List<FilterRule> rules) {
    for (int i = 0; i < rules.size(); i++) {
      FilterRule rule = rules.get(i);
      if (rule.dstPorts().isEmpty()) {
        continue; // a grant of capabilities, which admits no packet
      }
      try {
        matches.add(compile(rule));
      } catch (RuleFault e) {
        faults.add("rule " + i + ": " + e.getMessage());
      }
    }
  }

  List<Match> matches() {
    return List.copyOf(matches);
  }

  List<String> faults() {
    return List.copyOf(faults);
  }

  private static Match compile(FilterRule rule) throws RuleFault {
    List<IpPrefix> sources = new ArrayList<>();
    List<String> capabilities = new ArrayList<>();
    for (String source : rule.srcIps()) {
      if (source.startsWith(CAPABILITY)) {
        capabilities.add(source.substring(CAPABILITY.length()));
      } else {
        sources.addAll(addresses(source));
      }
    }
    return new Match(
        protocols(rule.ipProto()),
        PrefixSet.copyOf(sources),
        capabilities,
        destinations(rule.dstPorts()));
  }

  private static BitSet protocols(List<Integer> numbers) throws RuleFault {
    if (numbers.isEmpty()) {
      return USUAL_PROTOCOLS;
    }
    BitSet protocols = new BitSet();
    for (int number : numbers) {
      if (number < 0 || number > 0xff) {
        throw new RuleFault("no such IP protocol: " + number);
      }
      protocols.set(number);
    }
    return protocols;
  }

  private static List<Destinations> destinations(List<NetPortRange> ranges) throws RuleFault {
    Map<PortRange, List<IpPrefix>> byPorts = new LinkedHashMap<>();
    for (NetPortRange range : ranges) {
      PortRange ports = range.ports();
      if (ports.first() < 0 || ports.last() > 0xffff || ports.first() > ports.last()) {
        throw new RuleFault("no such ports: " + ports.first() + "-" + ports.last());
      }
      byPorts.computeIfAbsent(ports, _ -> new ArrayList<>()).addAll(addresses(range.ip()));
    }
    List<Destinations> destinations = new ArrayList<>(byPorts.size());
    byPorts.forEach((ports, prefixes) ->
        destinations.add(
            new Destinations(PrefixSet.copyOf(prefixes), ports.first(), ports.last())));
    return destinations;
  }

  private static List<IpPrefix> addresses(String text) throws RuleFault {
    List<IpPrefix> prefixes = AddressText.parse(text);
    if (prefixes == null) {
      throw new RuleFault("neither *, address, prefix nor range: '" + text + "'");
    }
    return prefixes;
  }

  private static final class RuleFault extends Exception {
    private static final long serialVersionUID = 1;

    RuleFault(String message) {
      super(message);
    }
  }
}
