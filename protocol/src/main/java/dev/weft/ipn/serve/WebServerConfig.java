package dev.weft.ipn.serve;

import static dev.weft.json.JsonTypes.mapOf;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// One virtual host: mount point, such as `/` or `/docs/`, to handler.
public record WebServerConfig(SortedMap<String, HttpHandler> handlers) {
  static final JsonType<WebServerConfig> JSON =
      ObjectType.<WebServerConfig, Builder>of(Builder::new, Builder::build)
          .always(
              "Handlers",
              mapOf(HttpHandler.JSON),
              WebServerConfig::handlers,
              (b, v) -> b.handlers = v)
          .build();

  public WebServerConfig {
    handlers = Collections.unmodifiableSortedMap(new TreeMap<>(handlers));
  }

  private static final class Builder {
    private SortedMap<String, HttpHandler> handlers = new TreeMap<>();

    private WebServerConfig build() {
      return new WebServerConfig(handlers);
    }
  }
}
