package dev.weft.simulation;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.IpPrefix;
import dev.weft.engine.EngineConfig;
import dev.weft.engine.Path;
import dev.weft.engine.PeerConfig;
import dev.weft.keys.NodeKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// Nodes, and a control plane, that are wrong on purpose: the simulation must say so, or it would
/// not have noticed the same in earnest.
final class MutantsTest {
  private final Tailnets tailnet = new Tailnets(11, 10);
  private final Mesh mesh = tailnet.mesh();
  private final SimNode mutant = mesh.nodes().get(3);

  @Test
  void withoutAMutantAllIsWell() {
    live();
  }

  @Test
  void aPacketThatIsDeliveredTwiceIsNoticed() {
    mutant.tap(
        new Taps() {
          @Override
          public List<Bytes> delivered(Bytes packet) {
            return List.of(packet, packet);
          }
        });
    notices("delivered twice: ");
  }

  @Test
  void aPacketThatIsChangedIsNoticed() {
    mutant.tap(
        new Taps() {
          @Override
          public List<Bytes> delivered(Bytes packet) {
            byte[] bytes = packet.toArray();
            bytes[bytes.length - 1] ^= 1;
            return List.of(Bytes.of(bytes));
          }
        });
    notices(" was changed");
  }

  @Test
  void aPacketThatIsLostWithoutAReasonIsNoticed() {
    mutant.tap(
        new Taps() {
          private int count;

          @Override
          public List<Bytes> delivered(Bytes packet) {
            return ++count % 50 == 0 ? List.of() : List.of(packet);
          }
        });
    notices(" packets lost at rest");
  }

  @Test
  void aNodeThatKeepsAPeerWhichIsGoneIsNoticed() {
    mutant.tap(
        new Taps() {
          private final List<PeerConfig> ever = new ArrayList<>(mutant.config().peers());

          @Override
          public EngineConfig configured(EngineConfig config) {
            config.peers().forEach(peer -> ever.removeIf(old -> old.key().equals(peer.key())));
            ever.addAll(config.peers());
            return withPeers(config, ever);
          }
        });
    SimNode leaving = mesh.nodes().get(5);
    mesh.chat(leaving, mutant, 100, 2_000);
    mesh.after(1_000, () -> mesh.remove(leaving));
    notices(" has other peers than its map");
  }

  @Test
  void aNodeThatTakesAnyPeersWordForAnyAddressIsNoticed() {
    SimNode liar = mesh.nodes().get(4);
    SimNode victim = mesh.nodes().get(6);
    mutant.tap(
        new Taps() {
          @Override
          public EngineConfig configured(EngineConfig config) {
            return withPeers(
                config,
                config.peers().stream()
                    .map(peer ->
                        peer.key().equals(liar.key())
                            ? new PeerConfig(peer.paths(), List.of(IpPrefix.parse("100.64.0.0/10")))
                            : peer)
                    .toList());
          }
        });
    mutant.configure(mutant.config());
    mesh.after(
        2_000,
        () -> {
          byte[] packet =
              mesh.mailbox().write(mesh.now(), liar, victim.address(), mutant.address(), 64);
          liar.sendRaw(packet);
        });
    notices("which its sender may not use");
  }

  @Test
  void aNodeThatSendsWhatItShouldSealIsNoticed() {
    mutant.tap(
        new Taps() {
          @Override
          public Bytes sent(Bytes datagram) {
            return datagram.at(0) == 4 ? Bytes.copyOf(datagram.toArray(), 16, 40) : datagram;
          }
        });
    notices("something that is neither WireGuard nor disco");
  }

  @Test
  void aNodeThatNeverFindsADirectPathIsNoticed() {
    mutant.tap(
        new Taps() {
          @Override
          public boolean lets(Path from, Bytes datagram) {
            return from instanceof Path.Derp;
          }
        });
    notices(", not ");
  }

  @Test
  void aNodeThatIsToldOfAWrongEndpointAndTrustsItIsNoticed() {
    // What a confused address book would do: the endpoints of one peer under the key of another.
    SimNode right = mesh.nodes().get(1);
    SimNode wrong = mesh.nodes().get(2);
    mesh.run(1_000);
    Endpoint elsewhere = wrong.currentEndpoints().getFirst();
    AssertionError error =
        assertThrows(
            AssertionError.class, () -> mesh.model().requireLeads(mutant, elsewhere, right.key()));
    assertTrue(error.getMessage().contains("takes " + elsewhere), error::getMessage);
  }

  @Test
  void aMapThatLacksAChangeIsNoticed() {
    // Control itself, which forgets to tell one node of what another has become.
    tailnet.control().deafen(mutant);
    SimNode changing = mesh.nodes().get(7);
    changing.restart();
    tailnet.control().reconnect(changing, NodeKey.ZERO);
    notices("knows another disco key");
  }

  private void notices(String what) {
    AssertionError error = assertThrows(AssertionError.class, (Executable) this::live);
    assertTrue(error.getMessage().contains(what), error::getMessage);
  }

  private void live() {
    Trouble trouble = new Trouble(mesh, tailnet.control(), Tailnets.REGIONS, 0);
    trouble.begin(5);
    mesh.run(5_000);
    trouble.end();
    tailnet.comeToRest(3);
  }

  private static EngineConfig withPeers(EngineConfig config, List<PeerConfig> peers) {
    return new EngineConfig(config.addresses(), peers, config.filter());
  }
}
