package dev.weft.stun;

/// What [BindingRequest#parse] made of a datagram.
public sealed interface RequestOutcome permits BindingRequest, StunDrop {}
