package dev.weft.ipn;

import static dev.weft.ipn.IpnTypes.STRINGS;
import static dev.weft.ipn.IpnTypes.nullIfEmpty;
import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;
import static dev.weft.json.JsonTypes.mapOf;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is wrong at the moment, by code. Empty: all is well. Each message replaces the one before.
public record HealthState(SortedMap<String, Warning> warnings) {
  public static final JsonType<HealthState> JSON =
      ObjectType.<HealthState, Builder>of(Builder::new, Builder::build)
          .always(
              "Warnings",
              mapOf(Warning.JSON),
              h -> nullIfEmpty(h.warnings),
              (b, v) -> b.warnings = v)
          .build();

  public HealthState {
    warnings = Collections.unmodifiableSortedMap(new TreeMap<>(warnings));
  }

  /// One thing that is wrong.
  ///
  /// @param severity `low`, `medium` or `high`
  /// @param text a sentence or two for the user: what, and what to do
  /// @param dependsOn codes whose warnings, when present, explain this one
  public record Warning(
      String code,
      String severity,
      String title,
      String text,
      @Nullable Instant brokenSince,
      List<String> dependsOn,
      boolean impactsConnectivity) {
    static final JsonType<Warning> JSON =
        ObjectType.<Warning, WarningBuilder>of(WarningBuilder::new, WarningBuilder::build)
            .always("WarnableCode", STRING, Warning::code, (b, v) -> b.code = v)
            .always("Severity", STRING, Warning::severity, (b, v) -> b.severity = v)
            .always("Title", STRING, Warning::title, (b, v) -> b.title = v)
            .always("Text", STRING, Warning::text, (b, v) -> b.text = v)
            .omitNull("BrokenSince", TIME, Warning::brokenSince, (b, v) -> b.brokenSince = v)
            .omit("DependsOn", STRINGS, Warning::dependsOn, (b, v) -> b.dependsOn = v)
            .omit(
                "ImpactsConnectivity",
                BOOL,
                Warning::impactsConnectivity,
                (b, v) -> b.impactsConnectivity = v)
            .build();

    public Warning {
      dependsOn = List.copyOf(dependsOn);
    }
  }

  private static final class Builder {
    private SortedMap<String, Warning> warnings = Collections.emptySortedMap();

    private HealthState build() {
      return new HealthState(warnings);
    }
  }

  private static final class WarningBuilder {
    private String code = "";
    private String severity = "";
    private String title = "";
    private String text = "";
    private @Nullable Instant brokenSince;
    private List<String> dependsOn = List.of();
    private boolean impactsConnectivity;

    private Warning build() {
      return new Warning(code, severity, title, text, brokenSince, dependsOn, impactsConnectivity);
    }
  }
}
