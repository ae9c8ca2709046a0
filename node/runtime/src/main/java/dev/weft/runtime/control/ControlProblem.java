package dev.weft.runtime.control;

import java.time.Instant;

/// Why control cannot be reached or does not let us in.
///
/// @param message one line for a user, saying what to do where there is something to do
/// @param since when it began
/// @param needsUser whether trying again will not help
public record ControlProblem(String message, Instant since, boolean needsUser) {}
