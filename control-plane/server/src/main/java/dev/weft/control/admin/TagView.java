package dev.weft.control.admin;

import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.listOf;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.List;

/// A tag and its owners as admins see them.
record TagView(String tag, List<String> owners) {

  static final JsonType<TagView> JSON =
      ObjectType.<TagView, Builder>of(Builder::new, Builder::build)
          .always("tag", STRING, TagView::tag, Builder::tag)
          .always("owners", listOf(STRING), TagView::owners, Builder::owners)
          .build();

  TagView {
    owners = List.copyOf(owners);
  }

  /// Everything not set is absent.
  static final class Builder {
    private String tag = "";
    private List<String> owners = List.of();

    private Builder() {}

    Builder tag(String tag) {
      this.tag = tag;
      return this;
    }

    Builder owners(List<String> owners) {
      this.owners = owners;
      return this;
    }

    TagView build() {
      return new TagView(tag, owners);
    }
  }
}
