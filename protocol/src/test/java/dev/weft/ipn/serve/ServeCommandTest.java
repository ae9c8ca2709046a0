package dev.weft.ipn.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Ip;
import dev.weft.ipn.serve.ServeEdit.Files.Kind;
import dev.weft.ipn.serve.ServeRequest.Mode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Requests, edits and texts together, as a command line uses them. The expected texts are those
/// that version 1.103 printed, with our program's name.
class ServeCommandTest {
  private static final ServeNode NODE =
      new ServeNode(
          "weft", "a.lab.net.", List.of(Ip.parse("100.64.0.1"), Ip.parse("fd7a:115c:a1e0::1")));
  private static final ServeReport REPORT = new ServeReport(NODE);

  private ServeConfig config = ServeConfig.EMPTY;

  @Test
  void aPortInTheBackground() throws ServeRefusal {
    assertEquals(
        """
        Available within your tailnet:

        http://a.lab.net/
        |-- proxy http://127.0.0.1:3000

        Serve started and running in the background.
        To disable the proxy, run: weft serve --http=80 off\
        """,
        run(http(80), "3000"));
    assertEquals(ServeConfigTest.CAPTURED, config.encode());
  }

  @Test
  void theStatusOfSeveral() throws ServeRefusal {
    run(http(80), "3000");
    assertEquals(
        """
        Available within your tailnet:

        http://a.lab.net:8080/x
        |-- proxy http://127.0.0.1:3000/y

        Serve started and running in the background.
        To disable the proxy, run: weft serve --http=8080 off\
        """,
        run(flags(0, 8080, 0, 0, "/x", 0), "http://127.0.0.1:3000/y"));
    assertEquals(
        """
        Available within your tailnet:

        |-- tcp://a.lab.net:2222
        |-- tcp://100.64.0.1:2222
        |-- tcp://[fd7a:115c:a1e0::1]:2222
        |--> tcp://localhost:22

        Serve started and running in the background.
        To disable the proxy, run: weft serve --tcp=2222 off\
        """,
        run(flags(0, 0, 2222, 0, "", 0), "tcp://localhost:22"));
    assertEquals(
        """
        |-- tcp://a.lab.net:2222 (tailnet only)
        |-- tcp://100.64.0.1:2222
        |-- tcp://[fd7a:115c:a1e0::1]:2222
        |--> tcp://localhost:22

        http://a (tailnet only)
        http://a.lab.net (tailnet only)
        |-- / proxy http://127.0.0.1:3000

        http://a:8080 (tailnet only)
        http://a.lab.net:8080 (tailnet only)
        |-- /x proxy http://127.0.0.1:3000/y

        """,
        REPORT.status(config));
  }

  @Test
  void anEmptyConfigurationSaysSo() {
    assertEquals("No serve config\n", REPORT.status(ServeConfig.EMPTY));
    assertEquals("", REPORT.warnings(ServeConfig.EMPTY));
  }

  @Test
  void aTargetThatIsNoneIsRefusedInTheOriginalsWords() {
    assertEquals(
        """
        error: failed apply web serve: non-localhost target "http://99999" must include a scheme

        try `weft serve --help` for usage info\
        """,
        refusal(http(81), "99999").text("weft serve"));
  }

  @Test
  void httpsOn443IsTheDefaultAndPlainHttpTheWayOut() throws ServeRefusal {
    ServeRequest request = ServeRequest.of(Mode.SERVE, ServeFlags.NONE, List.of("3000"));
    assertEquals(ServeKind.HTTPS, request.kind());
    assertEquals(443, request.port());
    assertTrue(request.isForeground());
    assertFalse(request.kindChosen());

    ServeRequest plain = request.inPlainHttp();
    ServeConfig own = new ServeEdit(plain, NODE).apply(ServeConfig.EMPTY, _ -> Kind.MISSING);
    assertEquals(
        """
        Available within your tailnet:

        http://a.lab.net/
        |-- proxy http://127.0.0.1:3000

        Press Ctrl+C to exit.\
        """,
        REPORT.started(own, plain));
  }

  @Test
  void mountsArePaddedAndTextIsCut() throws ServeRefusal {
    run(https("/"), "text:hello");
    run(https("longer/path/"), "/srv/www");
    run(https("/p"), "text:abcdefghijklmnopqrstuvwxyz");
    assertEquals(
        """
        https://a.lab.net (tailnet only)
        |-- /             text  "hello"
        |-- /p            text  "abcdefghijklmnopq..."
        |-- /longer/path/ path  /srv/www

        """,
        REPORT.status(config));
  }

  @Test
  void aDirectoryIsMountedWithASlash() throws ServeRefusal {
    run(https("/docs"), "/srv/www/");
    assertEquals(
        List.of("/docs/"),
        List.copyOf(config.web().get(new HostPort("a.lab.net", 443)).handlers().keySet()));
    assertEquals(
        "error: failed apply web serve: invalid path",
        refusal(https("/docs"), "/missing").getMessage());
  }

  @Test
  void offRemovesOneMountOrAllOfAPort() throws ServeRefusal {
    run(https("/a"), "1");
    run(https("/b"), "2");
    run(https("/c"), "3");
    ServeRequest all = ServeRequest.of(Mode.SERVE, ServeFlags.NONE, List.of("off"));
    assertEquals(
        Optional.of("Are you sure you want to delete 3 handlers under port 443?"),
        new ServeEdit(all, NODE).question(config));
    ServeRequest one = ServeRequest.of(Mode.SERVE, https("/b"), List.of("2", "off"));
    assertEquals(Optional.empty(), new ServeEdit(one, NODE).question(config));

    config = new ServeEdit(one, NODE).apply(config, _ -> Kind.MISSING);
    assertEquals(
        List.of("/a", "/c"),
        List.copyOf(config.web().get(new HostPort("a.lab.net", 443)).handlers().keySet()));
    config = new ServeEdit(all, NODE).apply(config, _ -> Kind.MISSING);
    assertEquals(ServeConfig.EMPTY, config);
    assertEquals(
        "error: failed to remove web serve: handler does not exist",
        refusal(ServeFlags.NONE, "off").getMessage());
  }

  @Test
  void webAndTcpDoNotShareAPort() throws ServeRefusal {
    run(http(80), "3000");
    assertEquals(
        "error: failed to apply TCP serve: cannot serve TCP; already serving web on 80 for a.lab.net",
        refusal(flags(0, 0, 80, 0, "", 0), "22").getMessage());
    assertEquals(
        "error: failed to remove TCP serve: unable to remove; serving web, not TCP forwarding on serve port 80",
        refusal(flags(0, 0, 80, 0, "", 0), "off").getMessage());
    run(flags(0, 0, 81, 0, "", 0), "22");
    assertEquals(
        "error: failed apply web serve: cannot serve web; already serving TCP",
        refusal(http(81), "3000").getMessage());
    assertEquals(
        "error: failed to remove web serve: cannot remove web handler; currently serving TCP",
        refusal(http(81), "off").getMessage());
    assertEquals(
        "error: failed to remove TCP serve: serve config does not exist",
        refusal(flags(0, 0, 82, 0, "", 0), "off").getMessage());
    config = edit(flags(0, 0, 81, 0, "", 0), "off");
    assertFalse(config.findTcp(81).isPresent());
  }

  @Test
  void tlsTerminationAndProxyHeadersAreAnnounced() throws ServeRefusal {
    assertTrue(
        run(flags(0, 0, 0, 5432, "", 2), "5432")
            .contains("|-- tcp://a.lab.net:5432 (TLS terminated, PROXY protocol v2)\n"));
    assertEquals("a.lab.net", config.findTcp(5432).orElseThrow().terminateTls());
    assertTrue(
        REPORT
            .status(config)
            .startsWith("|-- tcp://a.lab.net:5432 (TLS-terminated TCP, tailnet only)\n"));
  }

  @Test
  void funnelIsShownAndWarnedOf() throws ServeRefusal {
    ServeRequest request =
        ServeRequest.of(Mode.FUNNEL, flags(8443, 0, 0, 0, "", 0), List.of("3000"));
    config = new ServeEdit(request, NODE).apply(config, _ -> Kind.MISSING);
    assertTrue(
        REPORT
            .started(config, request)
            .startsWith("Available on the internet:\n\nhttps://a.lab.net:8443/\n"));
    assertTrue(REPORT.started(config, request).endsWith("run: weft funnel --https=8443 off"));
    assertTrue(
        REPORT
            .status(config)
            .startsWith(
                "\n# Funnel on:\n#     - https://a.lab.net:8443\n\nhttps://a.lab.net:8443 (Funnel on)\n"),
        REPORT.status(config));

    // Serving the same port again without funnel closes it to the internet.
    run(flags(8443, 0, 0, 0, "", 0), "3000");
    assertFalse(config.isFunnelOn());
    assertTrue(
        REPORT
            .warnings(ServeConfig.EMPTY.withFunnel(new HostPort("a.lab.net", 443), true))
            .startsWith("\nWarning: funnel=on for a.lab.net:443, but no serve config\n"));
  }

  @Test
  void theGrammarIsChecked() {
    assertEquals(
        "Error: invalid argument format", refusal(ServeFlags.NONE, "3000", "4000").getMessage());
    assertEquals(
        "Error: invalid number of arguments (3)",
        refusal(ServeFlags.NONE, "a", "b", "off").getMessage());
    assertTrue(refusal(ServeFlags.NONE).getMessage().contains("target is missing"));
    assertEquals(
        "error: cannot serve multiple types for a single mount point",
        refusal(flags(443, 80, 0, 0, "", 0), "1").getMessage());
    assertEquals(
        "error: port number 70000 is too high for http flag",
        refusal(http(70000), "1").getMessage());
    assertEquals(
        "failed to clean the mount point: invalid mount point \"/a//b\"",
        refusal(https("/a//b"), "1").getMessage());
    assertEquals(
        "PROXY protocol is only supported for TCP forwarding, not HTTP/HTTPS",
        refusal(flags(0, 80, 0, 0, "", 1), "1").getMessage());
    assertEquals(
        "invalid PROXY protocol version 3; must be 1 or 2",
        refusal(flags(0, 0, 22, 0, "", 3), "1").getMessage());
    assertEquals(
        "error: cannot mount a path for TCP serve",
        refusal(flags(0, 0, 22, 0, "/x", 0), "22").getMessage());
    assertEquals(
        "error: failed apply web serve: unable to serve; text cannot be an empty string",
        refusal(http(80), "text:").getMessage());
    assertTrue(
        refusal(new ServeFlags(true, 0, 80, 0, 0, "", 0, List.of("nodomain")), "1")
            .getMessage()
            .startsWith("\"nodomain\" does not match the form {domain}/{name}"));
  }

  @Test
  void theOldGrammarIsTranslated() {
    assertEquals(
        "Error: the CLI for serve and funnel has changed. You can run the following command instead:\n\t- weft serve --bg 3000",
        refusal(ServeFlags.NONE, "https", "/", "3000").getMessage());
    assertTrue(
        refusal(ServeFlags.NONE, "https:8443", "/x", "text:a b", "off")
            .getMessage()
            .endsWith("- weft serve --bg --https 8443 --set-path /x \"text:a b\" off"));
    assertTrue(
        refusal(ServeFlags.NONE, "tcp:2222", "tcp://localhost:22")
            .getMessage()
            .endsWith("- weft serve --bg --tcp 2222 tcp://localhost:22"));
    assertEquals(
        "Error: the CLI for serve and funnel has changed.",
        assertThrows(
                ServeRefusal.class,
                () -> ServeRequest.of(Mode.FUNNEL, ServeFlags.NONE, List.of("443", "on")))
            .getMessage());
  }

  private static ServeFlags http(int port) {
    return flags(0, port, 0, 0, "", 0);
  }

  private static ServeFlags https(String path) {
    return flags(0, 0, 0, 0, path, 0);
  }

  private static ServeFlags flags(
      int https, int http, int tcp, int tlsTcp, String path, int proxyProtocol) {
    return new ServeFlags(true, https, http, tcp, tlsTcp, path, proxyProtocol, List.of());
  }

  private String run(ServeFlags flags, String target) throws ServeRefusal {
    config = edit(flags, target);
    return REPORT.started(config, ServeRequest.of(Mode.SERVE, flags, List.of(target)));
  }

  private ServeConfig edit(ServeFlags flags, String... args) throws ServeRefusal {
    ServeRequest request = ServeRequest.of(Mode.SERVE, flags, List.of(args));
    return new ServeEdit(request, NODE)
        .apply(config, path -> path.equals("/srv/www") ? Kind.DIRECTORY : Kind.MISSING);
  }

  private ServeRefusal refusal(ServeFlags flags, String... args) {
    return assertThrows(ServeRefusal.class, () -> edit(flags, args));
  }
}
