package dev.weft.ts2021;

import dev.weft.base.Entropy;
import dev.weft.crypto.X25519PrivateKey;
import dev.weft.keys.MachineKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.noise.IkPattern;
import dev.weft.noise.IkResponder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A control server's side of one handshake, made from an authentic initiation and already
/// complete: [#response()] goes out, then [#channel()] takes over.
///
/// An initiation carries nothing fresh, so an old one can be replayed. The replayer gets a response
/// it cannot use; the first record from the client is what proves that [#machine()] is there.
public final class ServerHandshake {
  private static final int VERSION_AT = 0;
  private static final int HEADER_AT = 2;
  private static final int MESSAGE_AT = 5;

  private final int version;
  private final MachineKey machine;
  private final byte[] response;
  private final SecureChannel channel;

  private ServerHandshake(int version, MachineKey machine, byte[] response, SecureChannel channel) {
    this.version = version;
    this.machine = machine;
    this.response = response;
    this.channel = channel;
  }

  /// Reads an initiation and answers it, or returns `null` when it is not an authentic one for this
  /// server.
  public static @Nullable ServerHandshake accept(
      MachinePrivateKey server, byte[] initiation, Entropy entropy) {
    if (initiation.length != Frames.INITIATION_BYTES
        || Frames.type(initiation, HEADER_AT) != Frames.INITIATION
        || HEADER_AT + Frames.length(initiation, HEADER_AT) != Frames.INITIATION_BYTES) {
      return null;
    }
    int version = Frames.uint16(initiation, VERSION_AT);
    @Nullable IkResponder noise =
        IkResponder.read(
            IkPattern.IK,
            Frames.prologue(version),
            server.agreement(),
            Arrays.copyOfRange(initiation, MESSAGE_AT, initiation.length));
    IkResponder.@Nullable Response answer =
        noise == null
            ? null
            : noise.respond(X25519PrivateKey.generate(entropy), new byte[0], new byte[0]);
    if (noise == null || answer == null) {
      return null;
    }
    byte[] message = answer.message();
    byte[] frame = new byte[Frames.RESPONSE_BYTES];
    Frames.putHeader(frame, 0, Frames.RESPONSE, message.length);
    System.arraycopy(message, 0, frame, Frames.HEADER_BYTES, message.length);
    return new ServerHandshake(
        version,
        MachineKey.ofBytes(noise.initiator(), 0),
        frame,
        SecureChannel.ofServer(answer.keys()));
  }

  /// The client's capability version.
  public int version() {
    return version;
  }

  /// Whose machine this is. Every request on the channel is made in its name.
  public MachineKey machine() {
    return machine;
  }

  /// The 51 bytes to send behind the 101.
  public byte[] response() {
    return response.clone();
  }

  /// What everything after it goes through.
  public SecureChannel channel() {
    return channel;
  }
}
