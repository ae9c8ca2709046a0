package dev.weft.ts2021;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.base.Entropy;
import dev.weft.crypto.X25519PrivateKey;
import dev.weft.keys.MachineKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.noise.IkInitiator;
import dev.weft.noise.IkPattern;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A node's side of one handshake: send [#initiation()], hand the first frame that comes back to
/// [#handleResponse(byte[])].
public final class ClientHandshake {
  private static final int INITIATION_HEADER_BYTES = 5;
  private static final int MAX_VERSION = 0xffff;

  private final IkInitiator noise;
  private final byte[] initiation;

  private ClientHandshake(IkInitiator noise, byte[] initiation) {
    this.noise = noise;
    this.initiation = initiation;
  }

  /// Begins a handshake.
  ///
  /// @param version the capability version, which is the protocol's version too
  /// @param machine our key
  /// @param server the key from `/key`
  /// @throws IllegalArgumentException when nobody can own the server's key
  public static ClientHandshake begin(
      int version, MachinePrivateKey machine, MachineKey server, Entropy entropy) {
    if (version < 0 || version > MAX_VERSION) {
      throw new IllegalArgumentException("the version has 16 bits: " + version);
    }
    @Nullable IkInitiator noise =
        IkInitiator.begin(
            IkPattern.IK,
            Frames.prologue(version),
            machine.agreement(),
            X25519PrivateKey.generate(entropy),
            server.raw().toArray(),
            new byte[0]);
    if (noise == null) {
      throw new IllegalArgumentException("not a usable server key: " + server);
    }
    byte[] message = noise.initiation();
    byte[] frame = new byte[Frames.INITIATION_BYTES];
    Frames.putUint16(frame, 0, version);
    Frames.putHeader(frame, 2, Frames.INITIATION, message.length);
    System.arraycopy(message, 0, frame, INITIATION_HEADER_BYTES, message.length);
    return new ClientHandshake(noise, frame);
  }

  /// The 101 bytes for the upgrade request.
  public byte[] initiation() {
    return initiation.clone();
  }

  /// Reads the server's answer: one whole frame, as long as [Frames#length(byte[], int)] says. A
  /// frame longer than [Frames#MAX_RECORD_BYTES] need not be waited for.
  public HandshakeOutcome handleResponse(byte[] frame) {
    if (frame.length < Frames.HEADER_BYTES || Frames.length(frame, 0) != frame.length) {
      return new HandshakeOutcome.Failed(Fault.BAD_LENGTH);
    }
    return switch (Frames.type(frame, 0)) {
      case Frames.ERROR -> new HandshakeOutcome.Refused(errorText(frame));
      case Frames.RESPONSE -> finish(frame);
      default -> new HandshakeOutcome.Failed(Fault.UNEXPECTED_TYPE);
    };
  }

  private HandshakeOutcome finish(byte[] frame) {
    if (frame.length != Frames.RESPONSE_BYTES) {
      return new HandshakeOutcome.Failed(Fault.BAD_LENGTH);
    }
    IkInitiator.@Nullable Finished finished =
        noise.finish(Arrays.copyOfRange(frame, Frames.HEADER_BYTES, frame.length), new byte[0]);
    return finished == null
        ? new HandshakeOutcome.Failed(Fault.NOT_AUTHENTIC)
        : new HandshakeOutcome.Established(SecureChannel.ofClient(finished.keys()));
  }

  private static String errorText(byte[] frame) {
    int length = Math.min(frame.length - Frames.HEADER_BYTES, Frames.MAX_ERROR_BYTES);
    String text = new String(frame, Frames.HEADER_BYTES, length, UTF_8);
    // It ends up in a terminal, and nobody vouches for it.
    return text.replaceAll("\\p{Cntrl}", " ").strip();
  }
}
