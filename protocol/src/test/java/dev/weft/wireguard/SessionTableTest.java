package dev.weft.wireguard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weft.base.Counters;
import dev.weft.base.Deadlines;
import dev.weft.base.Entropy;
import dev.weft.base.PrefixSet;
import dev.weft.crypto.Aeads;
import dev.weft.keys.NodeKey;
import dev.weft.wireguard.Transcript.TransportKeys;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SessionTableTest {
  @Test
  void aTableAgreesWithAMapWhateverIsAddedAndRetired() {
    long seed = 99;
    Random random = new Random(seed);
    SessionTable table = new SessionTable(random::nextBytes);
    Peer peer = peer(table);
    Map<Integer, SessionTable.Entry> model = new LinkedHashMap<>();
    for (int i = 0; i < 5_000; i++) {
      // Few low bits, so that entries collide and gaps must be closed.
      int index = (random.nextInt(64) << 20) | random.nextInt(4) + 1;
      SessionTable.Entry known = model.remove(index);
      if (known != null) {
        table.retire(known);
        assertNull(table.find(index));
      } else {
        SessionTable.Entry entry = session(peer, index);
        table.add(entry);
        model.put(index, entry);
      }
      assertEquals(model.size(), table.size());
      model.forEach((key, entry) -> assertSame(entry, table.find(key), () -> "seed " + seed));
    }
  }

  private static Keypair session(Peer peer, int index) {
    return new Keypair(
        peer,
        new Keypair.Indices(index, 1),
        true,
        0,
        new TransportKeys(new byte[32], new byte[32]),
        new Keypair.Cipher(Aeads.all().getLast(), 1280));
  }

  private static Peer peer(SessionTable table) {
    Entropy none = bytes -> {};
    return new Peer(
        new KnownPeer(new PeerId(0), NodeKey.ZERO, PrefixSet.EMPTY),
        null,
        new Peer.Common(
            table,
            new Deadlines<>(),
            new Timers(none),
            new StagedPackets(new StagedPackets.Budget(), new Counters<>(Drop.class))));
  }
}
