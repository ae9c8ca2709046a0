package dev.weft.control.admin;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Lists for people: columns, aligned.
final class Tables {
  private static final int MAX_CELL = 200;

  /// Controls, and what changes the direction of writing.
  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Cf}\u2028\u2029]");

  private Tables() {}

  static void print(String noun, AdminReply reply, PrintStream out) {
    switch (noun) {
      case "users" -> printUsers(reply.users(), out);
      case "keys" -> printKeys(reply.keys(), out);
      case "tags" -> printTags(reply.tags(), out);
      case "auth" -> printLogins(reply.logins(), out);
      default -> printNodes(reply.nodes(), out);
    }
  }

  private static void printUsers(List<UserView> users, PrintStream out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "NAME", "DISPLAY NAME", "CREATED"));
    for (UserView user : users) {
      rows.add(
          List.of(Long.toString(user.id()), user.name(), user.displayName(), time(user.created())));
    }
    print(rows, out);
  }

  private static void printKeys(List<KeyView> keys, PrintStream out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "FOR", "REUSABLE", "EPHEMERAL", "EXPIRES", "STATE"));
    for (KeyView key : keys) {
      rows.add(
          List.of(
              Long.toString(key.id()),
              key.user().isEmpty() ? String.join(",", key.tags()) : key.user(),
              yes(key.reusable()),
              yes(key.ephemeral()),
              key.expiry() == null ? "never" : time(key.expiry()),
              state(key)));
    }
    print(rows, out);
  }

  private static void printTags(List<TagView> tags, PrintStream out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("TAG", "OWNERS"));
    for (TagView tag : tags) {
      rows.add(List.of(tag.tag(), String.join(",", tag.owners())));
    }
    print(rows, out);
  }

  private static void printLogins(List<LoginView> logins, PrintStream out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "HOSTNAME", "OS", "TAGS", "FROM", "WAITS UNTIL"));
    for (LoginView login : logins) {
      rows.add(
          List.of(
              login.id(),
              login.hostname(),
              login.os(),
              String.join(",", login.tags()),
              login.from().isEmpty() ? "-" : login.from(),
              time(login.until())));
    }
    print(rows, out);
  }

  private static void printNodes(List<NodeView> nodes, PrintStream out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "NAME", "ADDRESS", "OWNER", "OS", "STATE", "LOGIN ENDS"));
    for (NodeView node : nodes) {
      rows.add(
          List.of(
              Long.toString(node.id()),
              node.name(),
              node.addresses().getFirst(),
              node.tags().isEmpty() ? node.user() : String.join(",", node.tags()),
              node.os(),
              state(node),
              node.keyExpiry() == null ? "never" : time(node.keyExpiry())));
    }
    print(rows, out);
  }

  private static String state(KeyView key) {
    if (key.valid()) {
      return "valid";
    }
    if (key.revoked() != null) {
      return "revoked";
    }
    return key.used() != null && !key.reusable() ? "used" : "expired";
  }

  private static String state(NodeView node) {
    if (node.expired()) {
      return "logged out";
    }
    return node.online() ? "online" : "offline since " + time(node.lastSeen());
  }

  private static String yes(boolean value) {
    return value ? "yes" : "no";
  }

  private static String time(@Nullable Instant time) {
    return time == null ? "-" : time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static void print(List<List<String>> table, PrintStream out) {
    List<List<String>> rows =
        table.stream().map(row -> row.stream().map(Tables::printable).toList()).toList();
    int columns = rows.getFirst().size();
    int[] width = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        width[i] = Math.max(width[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).repeat(' ', width[i] - row.get(i).length() + 2);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /// Nodes say themselves what they run on, and must not get to command the admin's terminal.
  private static String printable(String text) {
    String cut = text.length() > MAX_CELL ? text.substring(0, MAX_CELL) : text;
    return CONTROLS.matcher(cut).replaceAll("?");
  }
}
