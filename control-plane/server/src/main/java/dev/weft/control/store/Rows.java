package dev.weft.control.store;

import static java.util.Objects.requireNonNull;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.control.tailnet.AuthKey;
import dev.weft.control.tailnet.RegisteredNode;
import dev.weft.control.tailnet.TagRule;
import dev.weft.control.tailnet.TailnetUser;
import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import dev.weft.json.MalformedJson;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.Hostinfo;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Records as rows and rows as records.
final class Rows {
  private static final JsonType<List<String>> TEXTS = JsonTypes.listOf(JsonTypes.STRING);

  private static final Table USERS = new Table("users", "id, name, display_name, created");
  private static final Table AUTH_KEYS =
      new Table(
          "auth_keys",
          "id, hash, user_id, reusable, ephemeral, tags, created, expiry, used, revoked");
  private static final Table NODES =
      new Table(
          "nodes",
          "id, machine_key, node_key, disco_key, ipv4, ipv6, user_id, tags, given_name, renamed,"
              + " auth_key_id, ephemeral, key_expiry, hostinfo, endpoints, cap, created, last_seen");

  private static final Table TAG_RULES = new Table("tag_rules", "tag, owners");

  private Rows() {}

  static void put(Connection connection, TagRule rule) throws SQLException {
    put(connection, TAG_RULES, List.of(rule.tag(), Json.encodeToText(TEXTS, rule.owners())));
  }

  static TagRule tagRule(ResultSet row) throws SQLException {
    return new TagRule(text(row, "tag"), json(TEXTS, text(row, "owners")));
  }

  static void put(Connection connection, TailnetUser user) throws SQLException {
    put(
        connection,
        USERS,
        List.of(user.id(), user.name(), user.displayName(), user.created().toString()));
  }

  static TailnetUser user(ResultSet row) throws SQLException {
    return new TailnetUser(
        row.getLong("id"),
        text(row, "name"),
        text(row, "display_name"),
        Instant.parse(text(row, "created")));
  }

  static void put(Connection connection, AuthKey key) throws SQLException {
    List<@Nullable Object> columns = new ArrayList<>();
    columns.add(key.id());
    columns.add(key.hash().toHex());
    columns.add(key.userId());
    columns.add(key.reusable());
    columns.add(key.ephemeral());
    columns.add(Json.encodeToText(TEXTS, key.tags()));
    columns.add(key.created().toString());
    columns.add(textOrNull(key.expiry()));
    columns.add(textOrNull(key.used()));
    columns.add(textOrNull(key.revoked()));
    put(connection, AUTH_KEYS, columns);
  }

  static AuthKey authKey(ResultSet row) throws SQLException {
    return new AuthKey(
        row.getLong("id"),
        Bytes.fromHex(text(row, "hash")),
        row.getLong("user_id"),
        row.getBoolean("reusable"),
        row.getBoolean("ephemeral"),
        json(TEXTS, text(row, "tags")),
        Instant.parse(text(row, "created")),
        optional(row, "expiry", Instant::parse),
        optional(row, "used", Instant::parse),
        optional(row, "revoked", Instant::parse));
  }

  static void put(Connection connection, RegisteredNode node) throws SQLException {
    List<@Nullable Object> columns = new ArrayList<>();
    columns.add(node.id());
    columns.add(node.machineKey().toString());
    columns.add(node.nodeKey().toString());
    columns.add(textOrNull(node.discoKey()));
    columns.add(node.ipv4().toString());
    columns.add(node.ipv6().toString());
    columns.add(node.userId());
    columns.add(Json.encodeToText(TEXTS, node.tags()));
    columns.add(node.givenName());
    columns.add(node.renamed());
    columns.add(node.authKeyId());
    columns.add(node.ephemeral());
    columns.add(textOrNull(node.keyExpiry()));
    columns.add(Json.encodeToText(Hostinfo.JSON, node.hostinfo()));
    columns.add(
        Json.encodeToText(TEXTS, node.endpoints().stream().map(Endpoint::toString).toList()));
    columns.add(node.cap());
    columns.add(node.created().toString());
    columns.add(node.lastSeen().toString());
    put(connection, NODES, columns);
  }

  static RegisteredNode node(ResultSet row) throws SQLException {
    long authKeyId = row.getLong("auth_key_id");
    return RegisteredNode.builder()
        .authKeyId(row.wasNull() ? null : authKeyId)
        .id(row.getLong("id"))
        .machineKey(MachineKey.parse(text(row, "machine_key")))
        .nodeKey(NodeKey.parse(text(row, "node_key")))
        .discoKey(optional(row, "disco_key", DiscoKey::parse))
        .ipv4(Ip.parse(text(row, "ipv4")))
        .ipv6(Ip.parse(text(row, "ipv6")))
        .userId(row.getLong("user_id"))
        .tags(json(TEXTS, text(row, "tags")))
        .givenName(text(row, "given_name"))
        .renamed(row.getBoolean("renamed"))
        .ephemeral(row.getBoolean("ephemeral"))
        .keyExpiry(optional(row, "key_expiry", Instant::parse))
        .hostinfo(json(Hostinfo.JSON, text(row, "hostinfo")))
        .endpoints(json(TEXTS, text(row, "endpoints")).stream().map(Endpoint::parse).toList())
        .cap(row.getInt("cap"))
        .created(Instant.parse(text(row, "created")))
        .lastSeen(Instant.parse(text(row, "last_seen")))
        .build();
  }

  private static void put(
      Connection connection, Table table, List<? extends @Nullable Object> values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(table.upsert())) {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      statement.executeUpdate();
    }
  }

  private static <T> @Nullable T optional(ResultSet row, String column, Function<String, T> parse)
      throws SQLException {
    @Nullable String text = row.getString(column);
    return text == null ? null : parse.apply(text);
  }

  private static String text(ResultSet row, String column) throws SQLException {
    return requireNonNull(row.getString(column), column);
  }

  private static @Nullable String textOrNull(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static <T> T json(JsonType<T> type, String text) throws SQLException {
    try {
      return Json.decode(type, text);
    } catch (MalformedJson e) {
      throw new SQLException("a column holds broken JSON: " + e.getMessage(), e);
    }
  }

  /// @param columns in the order in which values are given, the primary key first
  private record Table(String name, String columns) {
    /// Not REPLACE: that would delete another row that has the same unique value.
    String upsert() {
      List<String> names = List.of(columns.split(", "));
      return "INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (%s) DO UPDATE SET %s"
          .formatted(
              name,
              columns,
              String.join(", ", Collections.nCopies(names.size(), "?")),
              names.getFirst(),
              names.stream()
                  .skip(1)
                  .map(column -> column + " = excluded." + column)
                  .collect(Collectors.joining(", ")));
    }
  }
}
