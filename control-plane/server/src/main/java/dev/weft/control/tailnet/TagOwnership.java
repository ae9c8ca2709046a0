package dev.weft.control.tailnet;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Decides who may give which tags (`docs/protocol/control.md` §4.4).
///
/// A tag takes a node from its user: it does not expire, and rules that name the tag apply to it.
/// So a node gets one only from an auth key that carries it, from an admin, or when it asks for it
/// itself and its user, or a tag that it has already, owns the tag.
final class TagOwnership {
  private static final Predicate<String> TAG =
      Pattern.compile("tag:[a-zA-Z][a-zA-Z0-9-]{0,60}").asMatchPredicate();

  private final TailnetState state;

  TagOwnership(TailnetState state) {
    this.state = state;
  }

  static boolean isTag(String text) {
    return TAG.test(text);
  }

  static void requireTags(List<String> tags) {
    tags.stream()
        .filter(Predicate.not(TagOwnership::isTag))
        .findFirst()
        .ifPresent(tag -> {
          throw new Refusal(
              "\"" + tag + "\" is no tag: tag: and a letter, then letters, digits, -");
        });
  }

  /// The first of these that this user may not give.
  Optional<String> deniedTo(TailnetUser user, List<String> tags) {
    return tags.stream().filter(tag -> !isOwner(user.name(), tag)).findFirst();
  }

  /// The first of these that a node with the tags `held` may not take by itself.
  Optional<String> deniedTo(List<String> held, List<String> tags) {
    return tags.stream()
        .filter(tag -> !held.contains(tag) && held.stream().noneMatch(own -> isOwner(own, tag)))
        .findFirst();
  }

  /// The first of these that nobody can give, so that asking an admin is in vain.
  Optional<String> unowned(List<String> tags) {
    return tags.stream()
        .filter(tag -> state.tagRule(tag).filter(rule -> !rule.owners().isEmpty()).isEmpty())
        .findFirst();
  }

  private boolean isOwner(String who, String tag) {
    return isTag(tag) && state.tagRule(tag).filter(rule -> rule.owners().contains(who)).isPresent();
  }
}
