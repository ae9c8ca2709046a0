package dev.weft.transport.ts2021;

import dev.weft.ts2021.Fault;

/// The user event before a connection is closed because of what the peer sent.
public record RecordFault(Fault fault) {}
