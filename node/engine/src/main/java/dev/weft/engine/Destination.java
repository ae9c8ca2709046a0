package dev.weft.engine;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where datagrams to a peer go: to both, to one, or nowhere.
///
/// @param direct the direct path, if one is known
/// @param relayed the relay, while the direct path is not proven
/// @param isProven whether `direct` is known to work at this time
public record Destination(
    Path.@Nullable Udp direct, Path.@Nullable Derp relayed, boolean isProven) {
  /// To nobody.
  public static final Destination NOWHERE = new Destination(null, null, true);

  /// The paths, the direct one first.
  public void forEach(Consumer<Path> action) {
    if (direct != null) {
      action.accept(direct);
    }
    if (relayed != null) {
      action.accept(relayed);
    }
  }
}
