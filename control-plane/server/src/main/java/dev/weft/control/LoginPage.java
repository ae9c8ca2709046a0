package dev.weft.control;

import dev.weft.control.http.Reply;

/// What a user sees in the browser: how an admin lets the device in.
final class LoginPage {
  private LoginPage() {}

  /// @param id of a login that waits, so nothing that a visitor made up
  static Reply of(String id) {
    return Reply.html(
        200,
        """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Add this device</title></head>
        <body>
        <h1>Add this device</h1>
        <p>An admin of this tailnet lets it in with</p>
        <pre>weft control auth approve %s --user USER</pre>
        <p>This page can be closed; the device notices by itself. It waits for 15 minutes.
        A device that has an auth key needs no approval.</p>
        </body>
        </html>
        """
            .formatted(id));
  }
}
