package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.DOUBLE;
import static dev.weft.json.JsonTypes.INT;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import org.jspecify.annotations.Nullable;

/// One-shot actions asked of a node, `docs/protocol/control.md` §5.3.
///
/// @param disableLogTail do not upload logs
public record Debug(double sleepSeconds, boolean disableLogTail, @Nullable Integer exit) {

  public static final JsonType<Debug> JSON =
      ObjectType.<Debug, Builder>of(Builder::new, Builder::build)
          .omit("SleepSeconds", DOUBLE, Debug::sleepSeconds, Builder::sleepSeconds)
          .omit("DisableLogTail", BOOL, Debug::disableLogTail, Builder::disableLogTail)
          .omitNull("Exit", INT, Debug::exit, Builder::exit)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().sleepSeconds(sleepSeconds).disableLogTail(disableLogTail).exit(exit);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private double sleepSeconds;
    private boolean disableLogTail;
    private @Nullable Integer exit;

    private Builder() {}

    public Builder sleepSeconds(double sleepSeconds) {
      this.sleepSeconds = sleepSeconds;
      return this;
    }

    public Builder disableLogTail(boolean disableLogTail) {
      this.disableLogTail = disableLogTail;
      return this;
    }

    public Builder exit(@Nullable Integer exit) {
      this.exit = exit;
      return this;
    }

    public Debug build() {
      return new Debug(sleepSeconds, disableLogTail, exit);
    }
  }
}
