package dev.weft.transport.ts2021;

import dev.weft.base.Bytes;
import dev.weft.keys.MachineKey;

/// Who opened a connection, proved by the first record that arrives on it.
///
/// @param machine the identity of every request on it
/// @param version the client's capability version
/// @param handshakeHash names the connection
public record Ts2021Peer(MachineKey machine, int version, Bytes handshakeHash) {}
