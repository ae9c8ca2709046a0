package dev.weft.cli;

import java.util.ArrayList;
import java.util.List;

/// Columns, each as wide as its widest cell and the gap behind it.
final class Table {
  private static final int GAP = 2;
  private final List<String[]> rows = new ArrayList<>();

  void row(String... cells) {
    String[] row = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      // A cell that another machine filled must not begin a row of its own.
      row[i] = cells[i].replace('\n', '?').replace('\t', '?');
    }
    rows.add(row);
  }

  String render() {
    int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()) + GAP);
      }
    }
    StringBuilder out = new StringBuilder();
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        out.append(row[i]).repeat(' ', widths[i] - row[i].codePointCount(0, row[i].length()));
      }
      out.append('\n');
    }
    return out.toString();
  }
}
