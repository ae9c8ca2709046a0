package dev.weft.control.tailnet;

import java.util.List;

/// Who may give a tag to a node.
///
/// @param owners names of users, and tags: a node that has one of those may take this one
public record TagRule(String tag, List<String> owners) {
  public TagRule {
    owners = List.copyOf(owners);
  }

  TagRule without(String owner) {
    return new TagRule(tag, owners.stream().filter(name -> !name.equals(owner)).toList());
  }
}
