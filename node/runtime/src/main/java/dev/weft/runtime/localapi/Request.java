package dev.weft.runtime.localapi;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One request, decoded and not yet judged.
///
/// @param path without the query, percent-decoded
/// @param headers by lower-case name
record Request(
    String method,
    String path,
    Map<String, List<String>> query,
    Map<String, String> headers,
    String body) {

  /// A query parameter; empty when absent.
  String parameter(String name) {
    List<String> values = query.get(name);
    return values == null || values.isEmpty() ? "" : values.getFirst();
  }

  /// A header field; empty when absent.
  String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  boolean isGet() {
    return method.equals("GET") || method.equals("HEAD");
  }

  boolean isPost() {
    return method.equals("POST");
  }
}
