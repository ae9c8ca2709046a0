package dev.weft.control.tailnet;

import dev.weft.base.Endpoint;
import dev.weft.json.Json;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.ReportedEndpoint;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a map request says about its node, taken over within bounds.
final class NodeUpdates {
  /// More than any real machine reports; the rest is dropped.
  private static final int MAX_ENDPOINTS = 64;

  /// A Hostinfo that takes more is ignored: every peer would have to carry its copy.
  private static final int MAX_HOSTINFO_BYTES = 32 * 1024;

  private NodeUpdates() {}

  /// The node as the request describes it.
  static RegisteredNode apply(
      RegisteredNode node,
      MapRequest request,
      Predicate<String> isNameTaken,
      TagOwnership ownership) {
    RegisteredNode.Builder updated = node.toBuilder().cap(request.version());
    if (request.discoKey() != null) {
      updated.discoKey(request.discoKey());
    }
    if (request.hostinfo() != null
        && !request.hostinfo().equals(node.hostinfo())
        && fits(request.hostinfo())) {
      Hostinfo hostinfo = merge(Optional.of(node.hostinfo()), request.hostinfo());
      updated
          .hostinfo(hostinfo)
          .givenName(nameFor(node, hostinfo, isNameTaken))
          .tags(tagsFor(node, hostinfo, ownership));
    }
    return updated.endpoints(usable(request.reportedEndpoints())).build();
  }

  /// A Hostinfo without NetInfo has not measured yet: what was measured before still holds, else
  /// the home region flaps (`docs/protocol/control.md` §5.1).
  static Hostinfo merge(Optional<Hostinfo> before, Hostinfo sent) {
    return sent.netInfo() != null || before.isEmpty()
        ? sent
        : sent.toBuilder().netInfo(before.get().netInfo()).build();
  }

  static boolean fits(Hostinfo hostinfo) {
    return Json.encode(Hostinfo.JSON, hostinfo).length <= MAX_HOSTINFO_BYTES;
  }

  /// The name follows the machine's hostname until an admin gives it another.
  static String nameFor(RegisteredNode node, Hostinfo hostinfo, Predicate<String> isNameTaken) {
    if (node.renamed() || hostinfo.hostname().equals(node.hostinfo().hostname())) {
      return node.givenName();
    }
    return NodeNames.unique(
        NodeNames.sanitize(hostinfo.hostname()),
        name -> !name.equals(node.givenName()) && isNameTaken.test(name));
  }

  /// A tagged node may change to tags that those it has own. Whatever else it asks for takes a
  /// login.
  static List<String> tagsFor(RegisteredNode node, Hostinfo hostinfo, TagOwnership ownership) {
    List<String> wanted = wantedTags(hostinfo);
    return !node.isTagged()
            || node.tags().containsAll(wanted)
            || ownership.deniedTo(node.tags(), wanted).isPresent()
        ? node.tags()
        : wanted;
  }

  /// What a node asks for, in order and once each.
  static List<String> wantedTags(@Nullable Hostinfo hostinfo) {
    return hostinfo == null
        ? List.of()
        : hostinfo.requestTags().stream().distinct().sorted().toList();
  }

  private static List<Endpoint> usable(List<ReportedEndpoint> reported) {
    return reported.stream()
        .map(ReportedEndpoint::endpoint)
        .filter(endpoint -> !(endpoint.ip().isV6() && endpoint.ip().isLinkLocal()))
        .filter(endpoint -> endpoint.port() != 0 && !endpoint.ip().isUnspecified())
        .distinct()
        .limit(MAX_ENDPOINTS)
        .toList();
  }
}
