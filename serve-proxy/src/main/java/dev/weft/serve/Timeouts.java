package dev.weft.serve;

import java.time.Duration;

/// How long the proxy waits for whom. None of these ends an exchange whose response has begun and
/// whose client keeps reading: streams of events and long downloads last as long as they last. Nor
/// is there a limit for a whole body: it may take days, at the [Pace] that is asked of clients.
///
/// @param head from the first byte of a request's head to its last
/// @param idle between two requests of a client
/// @param requestBody the windows in which a body's [Pace] is judged, while the backend takes it
/// @param connect for a backend to accept a connection
/// @param expectContinue for a backend's 100 before the body is sent anyway; RFC 9110 §10.1.1
/// @param response from the end of a request to the head of its response
/// @param stalled the windows in which the [Pace] of a client is judged that a response waits for;
///   it may rest for four of them
/// @param pooled how long an idle connection to a backend is kept
record Timeouts(
    Duration head,
    Duration idle,
    Duration requestBody,
    Duration connect,
    Duration expectContinue,
    Duration response,
    Duration stalled,
    Duration pooled) {

  static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(20),
          Duration.ofMinutes(3),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMinutes(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(90));
}
