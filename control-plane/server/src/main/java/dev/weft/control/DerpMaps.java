package dev.weft.control;

import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpRegion;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads DERP maps from files and URLs, in the format that derper and the original serve.
final class DerpMaps {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MAX_BYTES = 4 * 1024 * 1024;

  private DerpMaps() {}

  /// One map of all of them; a region of a later one replaces one of the same ID.
  static DerpMap load(List<String> sources) throws IOException {
    SortedMap<Integer, DerpRegion> regions = new TreeMap<>();
    for (String source : sources) {
      DerpMap map = read(source);
      if (map.regions() != null) {
        regions.putAll(map.regions());
      }
    }
    return DerpMap.builder().regions(regions).build();
  }

  private static DerpMap read(String source) throws IOException {
    boolean isUrl = source.startsWith("http://") || source.startsWith("https://");
    byte[] bytes = isUrl ? fetch(source) : readFile(source);
    try {
      return Json.decode(DerpMap.JSON, bytes);
    } catch (MalformedJson e) {
      throw new IOException(source + " is no DERP map: " + e.getMessage(), e);
    }
  }

  private static byte[] readFile(String source) throws IOException {
    try {
      return Files.readAllBytes(Path.of(source));
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "cannot read the DERP map %s: %s".formatted(source, FileReason.of(e)), e);
    }
  }

  private static byte[] fetch(String source) throws IOException {
    try {
      return fetch(URI.create(source));
    } catch (ConnectException e) {
      throw new IOException(
          "cannot fetch the DERP map %s: nobody answers there".formatted(source), e);
    } catch (IllegalArgumentException e) {
      throw new IOException("the DERP map's URL is none: " + source, e);
    } catch (IOException e) {
      throw new IOException("cannot fetch the DERP map: " + FileReason.of(e), e);
    }
  }

  private static byte[] fetch(URI url) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(url).timeout(PATIENCE).build();
    try (HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build()) {
      HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          throw new IOException(url + " answers " + response.statusCode());
        }
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
          throw new IOException(url + " sends more than a DERP map can be");
        }
        return bytes;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while fetching " + url, e);
    }
  }
}
