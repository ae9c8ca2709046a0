package dev.weft.config;

import java.util.List;
import java.util.stream.Collectors;

/// What a person wrote cannot be used. The message is meant to be printed as it is, without a stack
/// trace: one line for each problem, each saying where it stands, what was expected and what was
/// found. Secret values are never in it.
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// One thing to correct. `where` is `file:line:column`, a flag or an environment variable.
  public record Problem(String where, String what) {
    @Override
    public String toString() {
      return where + ": " + what;
    }
  }

  private final transient List<Problem> problems;

  public ConfigException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public ConfigException(String where, String what) {
    this(List.of(new Problem(where, what)));
  }

  public List<Problem> problems() {
    return problems;
  }
}
