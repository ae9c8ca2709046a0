package dev.weft.control.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.control.tailnet.AuthKey;
import dev.weft.control.tailnet.Mutation;
import dev.weft.control.tailnet.RegisteredNode;
import dev.weft.control.tailnet.TagRule;
import dev.weft.control.tailnet.TailnetStore;
import dev.weft.control.tailnet.TailnetUser;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.testkit.SeededEntropy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00.123456789Z");

  @TempDir Path dir;
  private final Entropy entropy = new SeededEntropy(3)::fill;

  @Test
  void whatIsCommittedIsThereAfterReopening() throws IOException {
    TailnetUser user = new TailnetUser(1, "ann", "Ann", NOW);
    AuthKey key =
        new AuthKey(
            7, Bytes.fromHex("ab".repeat(32)), 1, true, true, List.of(), NOW, null, NOW, null);
    AuthKey tagged =
        new AuthKey(
            8,
            Bytes.fromHex("cd".repeat(32)),
            0,
            false,
            false,
            List.of("tag:x"),
            NOW,
            NOW,
            null,
            NOW);
    RegisteredNode full =
        node(4, 1).toBuilder()
            .discoKey(DiscoPrivateKey.generate(entropy).publicKey())
            .tags(List.of("tag:x", "tag:y"))
            .renamed(true)
            .authKeyId(7L)
            .ephemeral(true)
            .keyExpiry(NOW)
            .hostinfo(Hostinfo.builder().hostname("h\"\n").desktop(false).build())
            .endpoints(List.of(Endpoint.parse("[2001:db8::1]:5")))
            .build();
    RegisteredNode bare = node(5, 2);
    TagRule rule = new TagRule("tag:x", List.of("ann", "tag:y"));
    try (TailnetStore store = open()) {
      store.commit(
          List.of(
              new Mutation.PutUser(user),
              new Mutation.PutAuthKey(key),
              new Mutation.PutAuthKey(tagged),
              new Mutation.PutNode(full),
              new Mutation.PutNode(bare),
              new Mutation.PutTagRule(rule),
              new Mutation.PutTagRule(new TagRule("tag:gone", List.of("ann"))),
              new Mutation.DeleteTagRule("tag:gone"),
              new Mutation.GiveAddress(9),
              new Mutation.GiveAddress(7)));
    }
    try (TailnetStore store = open()) {
      assertEquals(
          new TailnetStore.Snapshot(
              List.of(user), List.of(key, tagged), List.of(full, bare), List.of(rule), 1, 8, 5, 7),
          store.load());
    }
  }

  @Test
  void aCommitIsWholeOrNotAtAll() throws IOException {
    try (TailnetStore store = open()) {
      store.commit(List.of(new Mutation.PutNode(node(1, 1))));
      RegisteredNode sameAddress = node(2, 1);
      assertThrows(
          UncheckedIOException.class,
          () ->
              store.commit(
                  List.of(
                      new Mutation.PutUser(new TailnetUser(1, "ann", "Ann", NOW)),
                      new Mutation.PutNode(sameAddress))));
      assertEquals(List.of(), store.load().users());
      assertEquals(1, store.load().nodes().size());
    }
  }

  @Test
  void nothingOfACommitThatFailsBeforeTheDatabaseIsLeftForTheNext() throws IOException {
    try (TailnetStore store = open()) {
      RegisteredNode unspeakable =
          node(1, 1).toBuilder().hostinfo(Hostinfo.builder().hostname("\ud800").build()).build();
      assertThrows(
          RuntimeException.class,
          () ->
              store.commit(
                  List.of(
                      new Mutation.PutUser(new TailnetUser(1, "ann", "Ann", NOW)),
                      new Mutation.PutNode(unspeakable))));
      store.commit(List.of(new Mutation.PutNode(node(2, 2))));
      assertEquals(List.of(), store.load().users());
      assertEquals(1, store.load().nodes().size());
    }
  }

  @Test
  void aDatabaseThatRolledBackByItselfTakesTheNextCommitWhole() throws Exception {
    TailnetUser good = new TailnetUser(1, "good", "", NOW);
    TailnetUser bad = new TailnetUser(2, "bad", "", NOW);
    TailnetUser later = new TailnetUser(3, "later", "", NOW);
    try (TailnetStore store = open()) {
      // As a full disk does: the whole transaction, not the statement.
      try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("t.db"));
          Statement statement = other.createStatement()) {
        statement.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON users WHEN new.name = 'bad'"
                + " BEGIN SELECT RAISE(ROLLBACK, 'no room'); END");
      }
      for (int i = 0; i < 3; i++) {
        assertThrows(
            UncheckedIOException.class,
            () -> store.commit(List.of(new Mutation.PutUser(good), new Mutation.PutUser(bad))));
      }
      store.commit(List.of(new Mutation.PutUser(later)));
    }
    try (TailnetStore store = open()) {
      assertEquals(List.of(later), store.load().users());
    }
  }

  @Test
  void theIdOfSomethingDeletedIsRemembered() throws IOException {
    try (TailnetStore store = open()) {
      store.commit(List.of(new Mutation.PutNode(node(9, 1))));
      store.commit(List.of(new Mutation.DeleteNode(9)));
    }
    try (TailnetStore store = open()) {
      assertEquals(List.of(), store.load().nodes());
      assertEquals(9, store.load().lastNodeId());
    }
  }

  /// The files as a killed process leaves them: neither closed nor checkpointed.
  @Test
  void whatWasCommittedSurvivesAKill() throws IOException {
    Path crashed = Files.createDirectory(dir.resolve("crashed"));
    try (TailnetStore store = open()) {
      store.commit(List.of(new Mutation.PutNode(node(1, 1))));
      for (String suffix : List.of("", "-wal")) {
        Files.copy(
            dir.resolve("t.db" + suffix),
            crashed.resolve("t.db" + suffix),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    try (TailnetStore store = SqliteStore.open(crashed.resolve("t.db"))) {
      assertEquals(1, store.load().nodes().size());
    }
  }

  @Test
  void theFileIsTheOwnersAlone() throws IOException {
    open().close();
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("t.db"))));
  }

  private TailnetStore open() throws IOException {
    return SqliteStore.open(dir.resolve("t.db"));
  }

  private RegisteredNode node(long id, int number) {
    return RegisteredNode.builder()
        .id(id)
        .machineKey(MachinePrivateKey.generate(entropy).publicKey())
        .nodeKey(NodePrivateKey.generate(entropy).publicKey())
        .ipv4(Ip.v4(0x64400000 + number))
        .ipv6(Ip.parse("fd7a:115c:a1e0::" + number))
        .givenName("n" + id)
        .userId(1)
        .created(NOW)
        .lastSeen(NOW)
        .build();
  }
}
