package dev.weft.stun;

/// What [BindingResponse#parse] made of a datagram.
public sealed interface ResponseOutcome permits BindingResponse, StunDrop {}
