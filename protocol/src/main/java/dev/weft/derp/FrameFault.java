package dev.weft.derp;

/// Why a stream cannot be a DERP stream, or no longer. There is no way to resume: hang up.
public enum FrameFault implements HeaderOutcome, FrameOutcome {
  /// A payload longer than its type, or any frame, may have.
  TOO_LONG,
  /// A payload too short to hold its fixed part.
  TOO_SHORT,
  /// A greeting without the protocol's magic.
  NOT_DERP
}
