package dev.weft.cli;

import dev.weft.base.IpPrefix;
import dev.weft.ipn.OptionalBool;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The flags of `up`, and the settings that they stand for.
final class UpFlags {
  final FlagSet set = new FlagSet("weft up");
  final Flag<String> loginServer =
      set.text(
          "login-server", "URL", "", "the control server, such as https://control.example.com");
  final Flag<String> authKey =
      set.text("auth-key", "KEY", "", "log in with this key; file:PATH reads it from a file");
  final Flag<String> hostname =
      set.text("hostname", "NAME", "", "the name to ask for instead of the machine's");
  final Flag<Boolean> acceptDns =
      set.flag("accept-dns", true, "use the DNS configuration of the tailnet");
  final Flag<Boolean> acceptRoutes =
      set.flag("accept-routes", false, "use the subnet routes that peers advertise");
  final Flag<String> advertiseRoutes =
      set.text("advertise-routes", "CIDRS", "", "subnets to offer to the tailnet, comma-separated");
  final Flag<String> advertiseTags =
      set.text(
          "advertise-tags", "TAGS", "", "tags to ask for, comma-separated, such as tag:server");
  final Flag<Boolean> shieldsUp =
      set.flag("shields-up", false, "refuse connections from the tailnet");
  final Flag<String> operator =
      set.text("operator", "USER", "", "a user of this machine who may run the node without sudo");
  final Flag<Duration> timeout =
      set.duration("timeout", Duration.ZERO, "how long to wait until connected; 0s for no limit");
  final Flag<Boolean> reset =
      set.flag("reset", false, "set what is not mentioned here to its default");
  final Flag<Boolean> forceReauth = set.flag("force-reauth", false, "log in anew");
  final Flag<Boolean> json = set.flag("json", false, "print progress as JSON");

  UpFlags() {
    set.alias("authkey", authKey);
  }

  /// A flag and its setting.
  record Setting<T, P>(Flag<T> flag, Pref<P> pref) {
    /// The flag as it would be written for these settings.
    String written(Prefs prefs) {
      P value = prefs.value(pref);
      if (value instanceof Boolean on) {
        return "--" + flag.name() + (on ? "" : "=false");
      }
      return "--"
          + flag.name()
          + "="
          + Shell.quote(value instanceof List<?> list ? joined(list) : value.toString());
    }

    private static String joined(List<?> values) {
      StringBuilder out = new StringBuilder();
      for (Object value : values) {
        out.append(out.isEmpty() ? "" : ",").append(value);
      }
      return out.toString();
    }
  }

  List<Setting<?, ?>> settings() {
    return List.of(
        new Setting<>(loginServer, Pref.CONTROL_URL),
        new Setting<>(hostname, Pref.HOSTNAME),
        new Setting<>(acceptDns, Pref.CORP_DNS),
        new Setting<>(acceptRoutes, Pref.ROUTE_ALL),
        new Setting<>(advertiseRoutes, Pref.ADVERTISE_ROUTES),
        new Setting<>(advertiseTags, Pref.ADVERTISE_TAGS),
        new Setting<>(shieldsUp, Pref.SHIELDS_UP),
        new Setting<>(operator, Pref.OPERATOR_USER));
  }

  /// The settings that these flags ask for, defaults included.
  Prefs prefs() throws Failure {
    return Prefs.defaults()
        .with(Pref.CONTROL_URL, controlUrl())
        .with(Pref.WANT_RUNNING, true)
        .with(Pref.NO_STATEFUL_FILTERING, OptionalBool.TRUE)
        .with(Pref.HOSTNAME, checkedHostname())
        .with(Pref.CORP_DNS, acceptDns.value())
        .with(Pref.ROUTE_ALL, acceptRoutes.value())
        .with(Pref.ADVERTISE_ROUTES, routes())
        .with(Pref.ADVERTISE_TAGS, tags())
        .with(Pref.SHIELDS_UP, shieldsUp.value())
        .with(Pref.OPERATOR_USER, operator.value());
  }

  private String controlUrl() throws Failure {
    String url = loginServer.value();
    if (url.isEmpty() || url.startsWith("https://") || url.startsWith("http://")) {
      return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
    throw Failure.of(
        "--login-server: \"" + url + "\" is no URL; it begins with https:// or http://");
  }

  private String checkedHostname() throws Failure {
    String name = hostname.value();
    boolean fits = name.length() <= 63 && !name.startsWith("-") && !name.endsWith("-");
    for (int i = 0; i < name.length() && fits; i++) {
      char c = name.charAt(i);
      fits = c == '-' || c < 128 && Character.isLetterOrDigit(c);
    }
    if (!fits) {
      throw Failure.of(
          "--hostname: \""
              + name
              + "\" is no host name: at most 63 letters, digits and hyphens, no hyphen at an end");
    }
    return name;
  }

  private List<IpPrefix> routes() throws Failure {
    List<IpPrefix> routes = new ArrayList<>();
    for (String text : split(advertiseRoutes.value())) {
      Optional<IpPrefix> route = IpPrefix.tryParse(text);
      if (route.isEmpty()) {
        throw Failure.of("\"" + text + "\" is not a valid IP address or CIDR prefix");
      }
      if (!route.get().masked().equals(route.get())) {
        throw Failure.of(text + " has non-address bits set; expected " + route.get().masked());
      }
      routes.add(route.get());
    }
    return routes;
  }

  private List<String> tags() throws Failure {
    List<String> tags = new ArrayList<>();
    for (String text : split(advertiseTags.value())) {
      String tag = text.indexOf(':') < 0 ? "tag:" + text : text;
      if (!isTag(tag)) {
        throw Failure.of(
            "tag: \""
                + tag
                + "\": a tag is tag: and a name that begins with a letter and has letters, digits and hyphens");
      }
      tags.add(tag);
    }
    return tags;
  }

  private static boolean isTag(String tag) {
    if (!tag.startsWith("tag:") || tag.length() == "tag:".length()) {
      return false;
    }
    for (int i = "tag:".length(); i < tag.length(); i++) {
      char c = tag.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      boolean later = c >= '0' && c <= '9' || c == '-';
      if (!letter && !(later && i > "tag:".length())) {
        return false;
      }
    }
    return true;
  }

  private static List<String> split(String list) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    while (from < list.length()) {
      int comma = list.indexOf(',', from);
      int end = comma < 0 ? list.length() : comma;
      if (end > from) {
        parts.add(list.substring(from, end).strip());
      }
      from = end + 1;
    }
    return parts;
  }
}
