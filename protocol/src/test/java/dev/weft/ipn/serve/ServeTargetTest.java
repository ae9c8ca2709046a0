package dev.weft.ipn.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeTargetTest {
  @ParameterizedTest
  @CsvSource({
    "3000, http://127.0.0.1:3000",
    "localhost:3000, http://localhost:3000",
    "localhost:3000/docs?a=b, http://localhost:3000/docs?a=b",
    "HTTP://localhost:03000/, http://localhost:3000/",
    "https://example.com, https://example.com",
    "https+insecure://10.0.0.1:8443/x, https+insecure://10.0.0.1:8443/x",
    "http://[::1]:8080, http://[::1]:8080",
    "http://[fd7a:115c:a1e0::1], http://[fd7a:115c:a1e0::1]",
    "unix:/run/app.sock, unix:/run/app.sock",
  })
  void webTargetsAreExpanded(String typed, String kept) throws ServeRefusal {
    assertEquals(kept, ServeTarget.web(typed));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "99999 | non-localhost target \"http://99999\" must include a scheme",
        "example.com | non-localhost target \"http://example.com\" must include a scheme",
        "localhost | port required for localhost target \"http://localhost\"",
        "http://127.0.0.1/x | port required for localhost target \"http://127.0.0.1/x\"",
        "tcp://localhost:1 | must be a URL starting with one of the supported schemes: [http https https+insecure unix]",
        "ftp://x | must be a URL starting with one of the supported schemes: [http https https+insecure unix]",
        "http://localhost:0 | invalid port \"0\"",
        "http://localhost:x | invalid port \"x\"",
        "http://localhost:70000 | invalid port \"70000\"",
        "http://a_b:80 | invalid hostname or IP address \"a_b\"",
        "http://user:secret@h:80 | a target must not contain a user name or a password",
        "http:// | invalid hostname or IP address \"\"",
        "unix: | unix socket path cannot be empty",
        "http://h/a b | invalid URL \"http://h/a b\"",
        "http://h/#f | invalid URL \"http://h/#f\"",
        "0 | invalid port \"0\"",
      })
  void otherWebTargetsAreRefused(String typed, String why) {
    assertEquals(why, assertThrows(ServeRefusal.class, () -> ServeTarget.web(typed)).getMessage());
  }

  @Test
  void tcpTargetsAreKeptAsHostAndPort() throws ServeRefusal {
    assertEquals("127.0.0.1:22", ServeTarget.tcp("22"));
    assertEquals("localhost:22", ServeTarget.tcp("tcp://localhost:22"));
    assertEquals("[::1]:22", ServeTarget.tcp("tcp://[::1]:22"));
    assertEquals("unix:/s", ServeTarget.tcp("unix:/s"));
    assertEquals(
        "TCP target \"tcp://db\" must include a port",
        assertThrows(ServeRefusal.class, () -> ServeTarget.tcp("tcp://db")).getMessage());
    assertEquals(
        "unable to expand target: must be a URL starting with one of the supported schemes: [tcp unix]",
        assertThrows(ServeRefusal.class, () -> ServeTarget.tcp("http://db:1")).getMessage());
  }

  @Test
  void theAddressOfABackendIsKnown() {
    assertEquals(
        Optional.of(new HostPort("127.0.0.1", 3000)),
        ServeTarget.address("http://127.0.0.1:3000/x"));
    assertEquals(
        Optional.of(new HostPort("example.com", 443)),
        ServeTarget.address("https+insecure://example.com"));
    assertEquals(Optional.of(new HostPort("::1", 22)), ServeTarget.address("[::1]:22"));
    assertEquals(Optional.empty(), ServeTarget.address("unix:/s"));
    assertEquals(Optional.empty(), ServeTarget.address("http://h:99999"));
  }
}
