package dev.weft.control.http;

/// What answers requests from anybody, outside Noise. Called on virtual threads; may block.
@FunctionalInterface
public interface Pages {
  /// @param body small
  Reply open(String method, String path, byte[] body);
}
