package dev.weft.control.store;

import dev.weft.control.tailnet.AuthKey;
import dev.weft.control.tailnet.Mutation;
import dev.weft.control.tailnet.RegisteredNode;
import dev.weft.control.tailnet.TagRule;
import dev.weft.control.tailnet.TailnetStore;
import dev.weft.control.tailnet.TailnetUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// A tailnet in a SQLite file.
public final class SqliteStore implements TailnetStore {
  private static final String MIGRATIONS = "classpath:dev/weft/control/store/sqlite";

  private final Connection connection;

  private SqliteStore(Connection connection) {
    this.connection = connection;
  }

  /// Opens the file, creates it when it is not there, and brings its schema up to date.
  public static SqliteStore open(Path file) throws IOException {
    restrictToOwner(file);
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // FULL: a commit survives a power cut too, for a fraction of a millisecond each.
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(5_000);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl(url(file));
    try {
      Flyway.configure().dataSource(source).locations(MIGRATIONS).loggers("slf4j").load().migrate();
      Connection connection = source.getConnection();
      connection.setAutoCommit(false);
      return new SqliteStore(connection);
    } catch (FlywayException | SQLException e) {
      throw new IOException("cannot open the database " + file + ": " + e.getMessage(), e);
    }
  }

  /// Copies a database that may be in use, as it is at this moment.
  public static void copy(Path database, Path target) throws IOException {
    try (Connection connection = DriverManager.getConnection(url(database));
        PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
      copy.setString(1, target.toAbsolutePath().toString());
      copy.execute();
    } catch (SQLException e) {
      throw new IOException("cannot copy the database " + database + ": " + e.getMessage(), e);
    }
  }

  /// Makes sure that a database that nobody uses is whole, and a tailnet's.
  public static void check(Path database) throws IOException {
    try (Connection connection = DriverManager.getConnection(url(database));
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
        if (!row.next() || !"ok".equals(row.getString(1))) {
          throw new IOException("the database is damaged");
        }
      }
      statement.executeQuery("SELECT count(*) FROM nodes").close();
    } catch (SQLException e) {
      throw new IOException("the database is damaged: " + e.getMessage(), e);
    }
  }

  private static String url(Path database) {
    return "jdbc:sqlite:" + database.toAbsolutePath();
  }

  @Override
  public Snapshot load() {
    try (Statement statement = connection.createStatement()) {
      List<TailnetUser> users = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery("SELECT * FROM users ORDER BY id")) {
        while (rows.next()) {
          users.add(Rows.user(rows));
        }
      }
      List<AuthKey> keys = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery("SELECT * FROM auth_keys ORDER BY id")) {
        while (rows.next()) {
          keys.add(Rows.authKey(rows));
        }
      }
      List<RegisteredNode> nodes = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery("SELECT * FROM nodes ORDER BY id")) {
        while (rows.next()) {
          nodes.add(Rows.node(rows));
        }
      }
      List<TagRule> tagRules = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery("SELECT * FROM tag_rules ORDER BY tag")) {
        while (rows.next()) {
          tagRules.add(Rows.tagRule(rows));
        }
      }
      return new Snapshot(
          users,
          keys,
          nodes,
          tagRules,
          lastId("user"),
          lastId("auth_key"),
          lastId("node"),
          Math.toIntExact(lastId("address")));
    } catch (SQLException e) {
      throw failed("read", e);
    }
  }

  @Override
  public void commit(List<Mutation> mutations) {
    try {
      try {
        for (Mutation mutation : mutations) {
          execute(mutation);
        }
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        // Whatever failed: the next commit must not take along what this one left.
        rollBack();
        throw e;
      }
    } catch (SQLException e) {
      throw failed("write", e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed("close", e);
    }
  }

  /// A database whose disk is full or broken has rolled back by itself, and the driver does not
  /// notice: it would go on outside of any transaction, where each statement is kept on its own and
  /// no commit succeeds again.
  private void rollBack() throws SQLException {
    try {
      connection.rollback();
    } catch (SQLException e) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("BEGIN");
      } catch (SQLException still) {
        e.addSuppressed(still);
        throw e;
      }
    }
  }

  private void execute(Mutation mutation) throws SQLException {
    switch (mutation) {
      case Mutation.PutUser put -> {
        Rows.put(connection, put.user());
        raiseLastId("user", put.user().id());
      }
      case Mutation.DeleteUser delete -> delete("users", "id", delete.id());
      case Mutation.PutAuthKey put -> {
        Rows.put(connection, put.key());
        raiseLastId("auth_key", put.key().id());
      }
      case Mutation.PutNode put -> {
        Rows.put(connection, put.node());
        raiseLastId("node", put.node().id());
      }
      case Mutation.DeleteNode delete -> delete("nodes", "id", delete.id());
      case Mutation.PutTagRule put -> Rows.put(connection, put.rule());
      case Mutation.DeleteTagRule delete -> delete("tag_rules", "tag", delete.tag());
      case Mutation.GiveAddress give -> setLastAddress(give.number());
    }
  }

  private void delete(String table, String column, Object value) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM %s WHERE %s = ?".formatted(table, column))) {
      statement.setObject(1, value);
      statement.executeUpdate();
    }
  }

  private void setLastAddress(int number) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("UPDATE last_ids SET id = ? WHERE kind = 'address'")) {
      statement.setInt(1, number);
      statement.executeUpdate();
    }
  }

  private long lastId(String kind) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT id FROM last_ids WHERE kind = ?")) {
      statement.setString(1, kind);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  private void raiseLastId(String kind, long id) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("UPDATE last_ids SET id = ? WHERE kind = ? AND id < ?")) {
      statement.setLong(1, id);
      statement.setString(2, kind);
      statement.setLong(3, id);
      statement.executeUpdate();
    }
  }

  /// Hostinfo and keys' hashes are nobody else's business; SQLite gives its side files the same
  /// permissions.
  private static void restrictToOwner(Path file) throws IOException {
    if (Files.notExists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
  }

  private static UncheckedIOException failed(String what, SQLException e) {
    String message = "cannot " + what + " the database: " + e.getMessage();
    return new UncheckedIOException(message, new IOException(message, e));
  }
}
