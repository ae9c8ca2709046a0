package dev.weft.derp;

/// What [Frame#parse] made of a payload.
public sealed interface FrameOutcome permits Frame, FrameFault {}
