package dev.weft.control.admin;

import dev.weft.config.Setting;
import dev.weft.config.Settings;
import dev.weft.config.SettingsSchema;
import dev.weft.json.Json;
import dev.weft.json.JsonTypes;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// `weft control users|keys|auth|tags|nodes …`.
public final class AdminCommands {
  public static final String USAGE =
      """
        users create NAME [--display-name TEXT]
        users list
        users delete NAME
        keys create --user NAME | --tags tag:a,tag:b
                    [--reusable] [--ephemeral] [--expiration 24h] [--never]
                                        prints the key, which is shown only now
        keys list
        keys revoke ID
        auth list                       logins that wait
        auth approve ID --user NAME     lets one in
        auth deny ID
        tags list
        tags set TAG --owners NAME,tag:b
                                        who may let nodes have the tag: users, and nodes that have
                                        another
        tags delete TAG                 nodes that have it keep it
        nodes list
        nodes tag NODE --tags tag:a,tag:b
        nodes expire NODE               ends its login
        nodes set-expiry NODE --disable | --in 90d
        nodes rename NODE NAME
        nodes delete NODE
      NODE is a name, a number or an address. Every command takes --json and --statedir.
      """;

  /// What a line of the usage begins with that belongs to the one above.
  private static final String CONTINUED = "      ";

  private static final Predicate<String> HELP = Set.of("-h", "-help", "--help")::contains;

  /// As long as an auth key lives when nothing is said.
  private static final Duration DEFAULT_KEY_LIFETIME = Duration.ofHours(24);

  private static final Setting<Boolean> JSON = Setting.bool("json", "answer in JSON");
  private static final Setting<String> DISPLAY_NAME =
      Setting.string("display-name", "how peers see the user");
  private static final Setting<String> USER = Setting.string("user", "the owner");
  private static final Setting<Boolean> REUSABLE =
      Setting.bool("reusable", "for more than one node");
  private static final Setting<Boolean> EPHEMERAL =
      Setting.bool("ephemeral", "nodes are removed when they stay offline");
  private static final Setting<List<String>> TAGS =
      Setting.string("tags", "tags of the nodes, instead of an owner").list();
  private static final Setting<Duration> EXPIRATION =
      Setting.duration("expiration", "how long nodes can register with it; a day if not given");
  private static final Setting<List<String>> OWNERS =
      Setting.string("owners", "users and tags").list();
  private static final Setting<Boolean> DISABLE = Setting.bool("disable", "it does not end");
  private static final Setting<Boolean> NEVER = Setting.bool("never", "without an end");
  private static final Setting<Duration> IN = Setting.duration("in", "from now on");

  private final Setting<Path> stateDir;
  private final Map<String, String> environment;
  private final PrintStream out;

  /// @param stateDir the setting that names the server's state folder
  public AdminCommands(Setting<Path> stateDir, Map<String, String> environment, PrintStream out) {
    this.stateDir = stateDir;
    this.environment = environment;
    this.out = out;
  }

  /// Runs one command.
  ///
  /// @param noun `users`, `keys` or `nodes`
  /// @return the exit status; 2 for a command that there is not
  /// @throws IOException saying what went wrong
  public int run(String noun, String verb, List<String> args) throws IOException {
    if (args.stream().anyMatch(HELP)) {
      return help(noun + " " + verb);
    }
    return switch (noun + " " + verb) {
      case "users create" -> {
        Line line = parse(noun, verb, args, DISPLAY_NAME);
        yield report(
            line,
            AdminRequest.builder().name(line.only("NAME")).displayName(line.text(DISPLAY_NAME)));
      }
      case "users list", "keys list", "nodes list", "auth list", "tags list" -> {
        Line line = parse(noun, verb, args);
        line.none();
        yield report(line, AdminRequest.builder());
      }
      case "users delete" -> {
        Line line = parse(noun, verb, args);
        yield report(line, AdminRequest.builder().name(line.only("NAME")));
      }
      case "keys create" -> createKey(args);
      case "keys revoke" -> {
        Line line = parse(noun, verb, args);
        yield report(line, AdminRequest.builder().id(line.number("ID")));
      }
      // The second is as Headscale has it.
      case "auth approve", "nodes register" -> {
        Line line = parse(noun, verb, args, USER);
        yield report(
            line, AdminRequest.builder().name(line.only("ID")).user(line.settings.value(USER)));
      }
      case "auth deny", "tags delete" -> {
        Line line = parse(noun, verb, args);
        yield report(
            line, AdminRequest.builder().name(line.only(noun.equals("tags") ? "TAG" : "ID")));
      }
      case "tags set" -> {
        Line line = parse(noun, verb, args, OWNERS);
        yield report(
            line,
            AdminRequest.builder().name(line.only("TAG")).owners(line.settings.value(OWNERS)));
      }
      case "nodes tag" -> {
        Line line = parse(noun, verb, args, TAGS);
        yield report(
            line, AdminRequest.builder().node(line.only("NODE")).tags(line.settings.value(TAGS)));
      }
      case "nodes expire", "nodes delete" -> {
        Line line = parse(noun, verb, args);
        yield report(line, AdminRequest.builder().node(line.only("NODE")));
      }
      case "nodes set-expiry", "nodes expiry" -> setExpiry(verb, args);
      case "nodes rename" -> {
        Line line = parse(noun, verb, args);
        line.count(2, "NODE NAME");
        yield report(
            line, AdminRequest.builder().node(line.arguments.get(0)).name(line.arguments.get(1)));
      }
      default -> 2;
    };
  }

  /// Prints the lines about one command.
  private int help(String command) {
    List<String> lines =
        USAGE
            .lines()
            .dropWhile(
                line -> !line.startsWith("  " + command + " ") && !line.equals("  " + command))
            .toList();
    if (lines.isEmpty()) {
      return 2;
    }
    out.println("Usage: weft control " + lines.getFirst().strip());
    lines.stream().skip(1).takeWhile(line -> line.startsWith(CONTINUED)).forEach(out::println);
    out.println(USAGE.lines().toList().getLast());
    return 0;
  }

  private int createKey(List<String> args) throws IOException {
    Line line = parse("keys", "create", args, USER, REUSABLE, EPHEMERAL, TAGS, EXPIRATION, NEVER);
    line.none();
    Optional<Duration> expiration = line.settings.find(EXPIRATION);
    boolean never = line.is(NEVER);
    if (never && expiration.isPresent()) {
      throw new IOException("say either --never or --expiration");
    }
    AdminReply reply =
        ask(
            line,
            AdminRequest.builder()
                .user(line.text(USER))
                .reusable(line.is(REUSABLE))
                .ephemeral(line.is(EPHEMERAL))
                .tags(line.settings.find(TAGS).orElse(List.of()))
                .lifetimeSeconds(never ? 0 : seconds(expiration.orElse(DEFAULT_KEY_LIFETIME))));
    if (line.is(JSON)) {
      out.println(Json.encodeToText(AdminReply.JSON, reply));
    } else {
      out.println(reply.key());
    }
    return 0;
  }

  private int setExpiry(String verb, List<String> args) throws IOException {
    Line line = parse("nodes", verb, args, DISABLE, NEVER, IN);
    Optional<Duration> in = line.settings.find(IN);
    if ((line.is(NEVER) || line.is(DISABLE)) == in.isPresent()) {
      throw new IOException("say either --disable or --in with a duration such as 90d");
    }
    return report(
        line,
        AdminRequest.builder()
            .node(line.only("NODE"))
            .lifetimeSeconds(in.isPresent() ? seconds(in.get()) : 0));
  }

  /// 0 means for ever on the socket, and nobody who asks for no time means that.
  private static long seconds(Duration time) throws IOException {
    if (time.toSeconds() < 1) {
      throw new IOException("a time must be at least 1s; for one without an end say --never");
    }
    return time.toSeconds();
  }

  private int report(Line line, AdminRequest.Builder request) throws IOException {
    AdminReply reply = ask(line, request);
    if (line.is(JSON)) {
      out.println(json(line, reply));
    } else if (!reply.nodes().isEmpty()) {
      Tables.print("nodes", reply, out);
    } else if (line.verb.equals("list") || !reply.tags().isEmpty()) {
      Tables.print(line.noun, reply, out);
    }
    return 0;
  }

  private static String json(Line line, AdminReply reply) {
    return switch (line.noun) {
      case "users" -> Json.encodeToText(JsonTypes.listOf(UserView.JSON), reply.users());
      case "keys" -> Json.encodeToText(JsonTypes.listOf(KeyView.JSON), reply.keys());
      case "tags" -> Json.encodeToText(JsonTypes.listOf(TagView.JSON), reply.tags());
      case "auth" ->
          line.verb.equals("list")
              ? Json.encodeToText(JsonTypes.listOf(LoginView.JSON), reply.logins())
              : Json.encodeToText(JsonTypes.listOf(NodeView.JSON), reply.nodes());
      default -> Json.encodeToText(JsonTypes.listOf(NodeView.JSON), reply.nodes());
    };
  }

  private AdminReply ask(Line line, AdminRequest.Builder request) throws IOException {
    AdminReply reply =
        new AdminClient(line.settings.value(stateDir))
            .ask(request.op(line.noun + "." + line.verb).build());
    if (!reply.error().isEmpty()) {
      throw new IOException(reply.error());
    }
    return reply;
  }

  private Line parse(String noun, String verb, List<String> args, Setting<?>... settings) {
    List<Setting<?>> all = new ArrayList<>(List.of(settings));
    all.add(JSON);
    all.add(stateDir);
    SettingsSchema schema =
        SettingsSchema.of("weft control " + noun + " " + verb, all.toArray(Setting<?>[]::new))
            .variablePrefix("WEFT_CONTROL_");
    return Line.parse(noun, verb, schema, args, environment);
  }

  /// A command line taken apart. Flags may stand behind the other words too.
  private record Line(String noun, String verb, Settings settings, List<String> arguments) {

    static Line parse(
        String noun,
        String verb,
        SettingsSchema schema,
        List<String> args,
        Map<String, String> environment) {
      List<String> words = new ArrayList<>();
      List<String> flags = args;
      Settings settings = Settings.load(schema, flags, environment);
      while (!settings.arguments().isEmpty()) {
        List<String> rest = settings.arguments();
        words.add(rest.getFirst());
        List<String> without = new ArrayList<>(flags.subList(0, flags.size() - rest.size()));
        without.addAll(rest.subList(1, rest.size()));
        flags = without;
        settings = Settings.load(schema, flags, environment);
      }
      return new Line(noun, verb, settings, List.copyOf(words));
    }

    boolean is(Setting<Boolean> setting) {
      return settings.find(setting).orElse(false);
    }

    String text(Setting<String> setting) {
      return settings.find(setting).orElse("");
    }

    void none() throws IOException {
      count(0, "nothing");
    }

    String only(String what) throws IOException {
      count(1, what);
      return arguments.getFirst();
    }

    long number(String what) throws IOException {
      try {
        return Long.parseLong(only(what));
      } catch (NumberFormatException _) {
        throw new IOException("not a number: " + arguments.getFirst());
      }
    }

    void count(int count, String what) throws IOException {
      if (arguments.size() < count) {
        throw new IOException(noun + " " + verb + " needs " + what);
      }
      if (arguments.size() > count) {
        throw new IOException(
            "%s %s takes %s, not: %s".formatted(noun, verb, what, String.join(" ", arguments)));
      }
    }
  }
}
