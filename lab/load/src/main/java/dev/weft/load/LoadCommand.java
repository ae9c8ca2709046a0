package dev.weft.load;

import dev.weft.base.Entropy;
import dev.weft.config.ConfigException;
import dev.weft.config.Secret;
import dev.weft.config.Setting;
import dev.weft.config.Settings;
import dev.weft.config.SettingsSchema;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `weft-load`: puts a control server under load and prints figures, a line each: name, value,
/// unit.
public final class LoadCommand {
  static final Setting<URI> SERVER = Setting.httpUrl("server", "the control server");
  static final Setting<String> LOAD =
      Setting.oneOf("load", "what to do", List.of("changes", "churn")).orElse("changes");
  static final Setting<Path> AUTH_KEY_FILE =
      Setting.path("auth-key-file", "file with an auth key that may be used often");
  static final Setting<Secret> AUTH_KEY =
      Setting.secret("auth-key", "the auth key itself; give it as a variable");
  static final Setting<Integer> NODES =
      Setting.integer("nodes", "how many there are at a time", 2, 20_000).orElse(300);
  static final Setting<Integer> AT_ONCE =
      Setting.integer("at-once", "how many nodes join at a time", 1, 1_000).orElse(8);
  static final Setting<Integer> CHANGES =
      Setting.integer("changes", "endpoint changes that are measured", 1, 100_000).orElse(150);
  static final Setting<Integer> WARM_UP =
      Setting.integer("warm-up", "endpoint changes before those", 0, 100_000).orElse(100);
  static final Setting<Integer> RATE =
      Setting.integer("rate", "changes, or ticks of churn, per second", 1, 1_000).orElse(5);
  static final Setting<Integer> SERVER_PID =
      Setting.integer("server-pid", "its process, to tell what it uses", 1, 1 << 22);
  static final Setting<Duration> QUIET =
      Setting.duration("quiet", "how long to watch the idle server").orElse(Duration.ofSeconds(10));
  static final Setting<Duration> LENGTH =
      Setting.duration("length", "of the churn").orElse(Duration.ofMinutes(1));
  static final Setting<Integer> HOME_REGION =
      Setting.integer("home-region", "the relay that nodes say they use", 1, 999).orElse(900);

  static final SettingsSchema SCHEMA =
      SettingsSchema.of(
              "weft-load",
              SERVER,
              LOAD,
              AUTH_KEY_FILE,
              AUTH_KEY,
              NODES,
              AT_ONCE,
              CHANGES,
              WARM_UP,
              RATE,
              SERVER_PID,
              QUIET,
              LENGTH,
              HOME_REGION)
          .variablePrefix("WEFT_LOAD_");

  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;

  private LoadCommand() {}

  public static void main(String[] args) {
    System.exit(run(List.of(args), System.getenv(), System.out, System.err));
  }

  /// @return the exit status: 1 when the load could not be run, or not all of it went well
  static int run(
      List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      Settings settings = Settings.load(SCHEMA, args, environment);
      if (settings.helpRequested()) {
        out.print(SCHEMA.usage());
        return 0;
      }
      return load(settings, out) ? 0 : EXIT_FAILED;
    } catch (ConfigException e) {
      err.println(e.getMessage());
      return EXIT_USAGE;
    } catch (IOException e) {
      err.println("weft-load: " + e.getMessage());
      return EXIT_FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return EXIT_FAILED;
    }
  }

  private static boolean load(Settings settings, PrintStream out)
      throws IOException, InterruptedException {
    SecureRandom random = new SecureRandom();
    Entropy entropy = random::nextBytes;
    boolean churn = settings.value(LOAD).equals("churn");
    Fleet.Admission admission =
        new Fleet.Admission(authKey(settings), churn, settings.value(HOME_REGION));
    try (Wire wire = new Wire(Server.find(settings.value(SERVER)), entropy)) {
      return churn
          ? churn(settings, wire, admission, out)
          : changes(settings, wire, admission, out);
    }
  }

  private static boolean churn(
      Settings settings, Wire wire, Fleet.Admission admission, PrintStream out)
      throws InterruptedException {
    ChurnLoad.Plan plan =
        new ChurnLoad.Plan(settings.value(NODES), settings.value(RATE), settings.value(LENGTH));
    try (ChurnLoad load = new ChurnLoad(plan, wire, admission, out)) {
      return load.run();
    }
  }

  private static boolean changes(
      Settings settings, Wire wire, Fleet.Admission admission, PrintStream out)
      throws IOException, InterruptedException {
    ChangesLoad.Plan plan =
        new ChangesLoad.Plan(
            settings.value(NODES),
            settings.value(AT_ONCE),
            settings.value(WARM_UP),
            settings.value(CHANGES),
            settings.value(RATE),
            settings.value(QUIET));
    @Nullable ServerUsage usage = settings.find(SERVER_PID).map(ServerUsage::new).orElse(null);
    try (ChangesLoad load = new ChangesLoad(plan, wire, admission, usage, out)) {
      return load.run();
    }
  }

  private static String authKey(Settings settings) throws IOException {
    Optional<Path> file = settings.find(AUTH_KEY_FILE);
    return file.isPresent()
        ? Files.readString(file.get()).strip()
        : settings.value(AUTH_KEY).reveal();
  }
}
