package dev.weft.cli;

import org.jspecify.annotations.Nullable;

/// One flag of a command and the value that it has.
final class Flag<T> {
  /// Turns the text behind a flag into its value.
  interface Parser<T> {
    /// Null when the text is no such value.
    @Nullable T parse(String text);
  }

  private final String name;
  private final String usage;
  private final String placeholder;
  private final T initial;
  private final Parser<T> parser;
  private T value;
  private boolean isSet;
  private boolean isHidden;

  /// @param placeholder what `--help` shows for the value; empty for a flag that stands alone
  Flag(String name, String placeholder, String usage, T initial, Parser<T> parser) {
    this.name = name;
    this.placeholder = placeholder;
    this.usage = usage;
    this.initial = initial;
    this.parser = parser;
    this.value = initial;
  }

  String name() {
    return name;
  }

  String usage() {
    return usage;
  }

  String placeholder() {
    return placeholder;
  }

  T initial() {
    return initial;
  }

  T value() {
    return value;
  }

  /// Whether the user gave it.
  boolean isSet() {
    return isSet;
  }

  /// Whether it stands alone, so that the next argument is not its value.
  boolean isBoolean() {
    return initial instanceof Boolean;
  }

  boolean isHidden() {
    return isHidden;
  }

  Flag<T> hidden() {
    isHidden = true;
    return this;
  }

  /// Takes the value; false when the text is none.
  boolean take(String text) {
    T parsed = parser.parse(text);
    if (parsed == null) {
      return false;
    }
    value = parsed;
    isSet = true;
    return true;
  }
}
