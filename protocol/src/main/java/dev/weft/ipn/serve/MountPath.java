package dev.weft.ipn.serve;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;

/// Which mount a request belongs to (`docs/protocol/services.md` §1.5).
public final class MountPath {
  private MountPath() {}

  /// Go's `path.Clean`: no empty, `.` or `..` elements, no last slash; a path without a first slash
  /// stays without one.
  public static String clean(String path) {
    if (path.isEmpty()) {
      return ".";
    }
    boolean rooted = path.charAt(0) == '/';
    Deque<String> parts = new ArrayDeque<>();
    int from = 0;
    while (from <= path.length()) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? path.length() : slash;
      String part = path.substring(from, to);
      from = to + 1;
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (!part.equals("..")) {
        parts.addLast(part);
      } else if (!parts.isEmpty() && !parts.getLast().equals("..")) {
        parts.removeLast();
      } else if (!rooted) {
        parts.addLast(part);
      }
    }
    String joined = String.join("/", parts);
    return rooted ? "/" + joined : joined.isEmpty() ? "." : joined;
  }

  /// A handler and the mount where it was found.
  public record Match(String mount, HttpHandler handler) {}

  /// The exact path; else the cleaned path and its parents, each with a last slash before without.
  ///
  /// A path that does not start with a slash (`*`, or what CONNECT names) has no parents to walk to
  /// and matches nothing.
  public static Optional<Match> find(Map<String, HttpHandler> handlers, String path) {
    HttpHandler exact = handlers.get(path);
    if (exact != null) {
      return Optional.of(new Match(path, exact));
    }
    String at = clean(path);
    if (!at.startsWith("/")) {
      return Optional.empty();
    }
    while (true) {
      String withSlash = at.equals("/") ? at : at + "/";
      for (String mount : new String[] {withSlash, at}) {
        HttpHandler handler = handlers.get(mount);
        if (handler != null) {
          return Optional.of(new Match(mount, handler));
        }
      }
      if (at.equals("/")) {
        return Optional.empty();
      }
      int slash = at.lastIndexOf('/');
      at = slash == 0 ? "/" : at.substring(0, slash);
    }
  }
}
