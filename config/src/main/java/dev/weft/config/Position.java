package dev.weft.config;

/// Where something stands in a file: both numbers start at 1. A column counts UTF-16 units, which
/// is what editors show for everything outside emoji.
public record Position(int line, int column) implements Comparable<Position> {
  public Position {
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException("line and column start at 1");
    }
  }

  @Override
  public int compareTo(Position other) {
    return line != other.line
        ? Integer.compare(line, other.line)
        : Integer.compare(column, other.column);
  }

  /// As compilers print it: `line:column`.
  @Override
  public String toString() {
    return line + ":" + column;
  }
}
