package dev.weft.ipn.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// One run of `serve` or `funnel` that changes the configuration: flags and arguments, checked and
/// given their defaults.
///
/// @param kindChosen a flag named the kind; else it is the default, HTTPS on 443
/// @param mount where the handler hangs; `/` when no path was given
/// @param mountChosen `--set-path` was given: `off` then means this mount only
/// @param off remove instead of add
/// @param target as typed; empty with `off`
public record ServeRequest(
    Mode mode,
    ServeKind kind,
    boolean kindChosen,
    int port,
    String mount,
    boolean mountChosen,
    boolean off,
    String target,
    boolean background,
    int proxyProtocol,
    List<String> acceptAppCaps) {

  /// Who may reach it: teammates, or the internet too.
  public enum Mode {
    SERVE("serve"),
    FUNNEL("funnel");

    private final String command;

    Mode(String command) {
      this.command = command;
    }

    public String command() {
      return command;
    }

    String capitalised() {
      return command.substring(0, 1).toUpperCase(Locale.ROOT) + command.substring(1);
    }
  }

  private static final Pattern APP_CAP =
      Pattern.compile("([\\pL\\pN-]+\\.)+[\\pL\\pN-]+/[\\pL\\pN/-]+");

  public ServeRequest {
    acceptAppCaps = List.copyOf(acceptAppCaps);
  }

  /// Whether it is a run that keeps the terminal: the entry then lives in `Foreground` as long as
  /// its watch of the bus.
  public boolean isForeground() {
    return !background && !off;
  }

  /// The same in plain HTTP on port 80, for a tailnet that offers no certificates. Sensible where
  /// [#kindChosen] is false.
  public ServeRequest inPlainHttp() {
    return new ServeRequest(
        mode,
        ServeKind.HTTP,
        kindChosen,
        80,
        mount,
        mountChosen,
        off,
        target,
        background,
        proxyProtocol,
        acceptAppCaps);
  }

  /// @param args what stands behind the flags: `<target>`, `<target> off` or `off`
  public static ServeRequest of(Mode mode, ServeFlags flags, List<String> args)
      throws ServeRefusal {
    String translation = LegacyCommand.translate(mode, args);
    if (translation != null) {
      throw ServeRefusal.usage(translation);
    }
    checkArguments(args);
    boolean off = args.getLast().equals("off");
    List<Choice> chosen = chosenKinds(flags);
    if (chosen.size() > 1) {
      throw ServeRefusal.usage("error: cannot serve multiple types for a single mount point");
    }
    Choice choice = chosen.isEmpty() ? new Choice(ServeKind.HTTPS, 443) : chosen.getFirst();
    checkProxyProtocol(flags.proxyProtocol(), choice.kind());
    for (String cap : flags.acceptAppCaps()) {
      if (!APP_CAP.matcher(cap).matches()) {
        throw ServeRefusal.usage(
            "\"%s\" does not match the form {domain}/{name}, where domain must be a fully qualified domain name"
                .formatted(cap));
      }
    }
    return new ServeRequest(
        mode,
        choice.kind(),
        !chosen.isEmpty(),
        choice.port(),
        mount(flags.setPath()),
        !flags.setPath().isEmpty(),
        off,
        off && args.size() == 1 ? "" : args.getFirst(),
        flags.bg(),
        (int) flags.proxyProtocol(),
        flags.acceptAppCaps());
  }

  private record Choice(ServeKind kind, int port) {}

  private static void checkArguments(List<String> args) throws ServeRefusal {
    if (args.isEmpty()) {
      throw ServeRefusal.usage("error: a target is missing, such as a port: 3000");
    }
    if (args.size() > 2) {
      throw ServeRefusal.usage("Error: invalid number of arguments (%d)".formatted(args.size()));
    }
    if (args.size() == 2 && !args.getLast().equals("off")) {
      throw ServeRefusal.usage("Error: invalid argument format");
    }
  }

  private static List<Choice> chosenKinds(ServeFlags flags) throws ServeRefusal {
    List<Choice> chosen = new ArrayList<>();
    choose(chosen, ServeKind.HTTP, flags.http());
    choose(chosen, ServeKind.HTTPS, flags.https());
    choose(chosen, ServeKind.TCP, flags.tcp());
    choose(chosen, ServeKind.TLS_TERMINATED_TCP, flags.tlsTerminatedTcp());
    return chosen;
  }

  private static void choose(List<Choice> chosen, ServeKind kind, long port) throws ServeRefusal {
    if (port < 0 || port > 65535) {
      throw ServeRefusal.usage(
          "error: port number %d is too high for %s flag".formatted(port, kind));
    }
    if (port != 0) {
      chosen.add(new Choice(kind, (int) port));
    }
  }

  private static void checkProxyProtocol(long version, ServeKind kind) throws ServeRefusal {
    if (version != 0 && kind.isWeb()) {
      throw ServeRefusal.because(
          "PROXY protocol is only supported for TCP forwarding, not HTTP/HTTPS");
    }
    if (version < 0 || version > 2) {
      throw ServeRefusal.because(
          "invalid PROXY protocol version %d; must be 1 or 2".formatted(version));
    }
  }

  /// A path must be its own cleaned form, apart from a last slash; a first slash is added.
  private static String mount(String setPath) throws ServeRefusal {
    if (setPath.isEmpty()) {
      return "/";
    }
    String path = setPath.startsWith("/") ? setPath : "/" + setPath;
    String clean = MountPath.clean(path);
    if (!path.equals(clean) && !path.equals(clean + "/")) {
      throw ServeRefusal.because(
          "failed to clean the mount point: invalid mount point \"%s\"".formatted(path));
    }
    return path;
  }
}
