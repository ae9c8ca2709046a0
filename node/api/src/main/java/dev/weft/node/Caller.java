package dev.weft.node;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// The node, and where it has one the person, behind a connection from the tailnet.
///
/// @param nodeName the MagicDNS name without a trailing dot
/// @param stableId the node's stable ID at its control plane
/// @param addresses the node's tailnet addresses
/// @param user the owner; empty for a tagged node, which belongs to no person
/// @param tags the node's tags, such as `tag:server`; empty for a person's node
/// @param capabilities names of the peer capabilities that the policy grants it towards this node
public record Caller(
    String nodeName,
    String stableId,
    List<InetAddress> addresses,
    Optional<User> user,
    List<String> tags,
    List<String> capabilities) {
  public Caller {
    addresses = List.copyOf(addresses);
    tags = List.copyOf(tags);
    capabilities = List.copyOf(capabilities);
  }

  /// A person of the tailnet.
  ///
  /// @param loginName such as `alice@example.com`
  /// @param displayName such as `Alice Smith`; may be empty
  /// @param profilePicUrl may be empty
  public record User(String loginName, String displayName, String profilePicUrl) {}
}
