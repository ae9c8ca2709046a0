package dev.weft.derp;

/// What [FrameHeader#parse] made of five bytes.
public sealed interface HeaderOutcome permits FrameHeader, FrameHeader.Skip, FrameFault {}
