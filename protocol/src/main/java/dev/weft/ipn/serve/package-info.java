/// What a node serves, as data: the `ServeConfig` that the LocalAPI carries, the edits behind `weft
/// serve` and `weft funnel`, the texts they print, and the rules by which a daemon accepts a
/// change. Pure; nothing here opens a socket or a file.
///
/// [ServeConfig] is the format. Around it:
///
/// - **The command line** turns flags and arguments into a [ServeRequest], a request into a changed
///   configuration with [ServeEdit], and reports with [ServeReport]. Every failure is a
///   [ServeRefusal] whose `text(…)` is what to print before exit 1:
///
///   ```java
///   ServeRequest request = ServeRequest.of(Mode.SERVE, flags, positionals);
///   if (!request.kindChosen() && !request.off() && !hasCertificates) {
///     request = request.inPlainHttp();                        // and print ServeReport.withoutCertificates(request)
///   }
///   ServeConfig read = ServeConfig.decode(body);              // GET serve-config; keep its Etag header
///   ServeEdit edit = new ServeEdit(request, node);
///   edit.question(read)                                       // ask it unless --yes; "no" ends with exit 0
///   if (request.isForeground()) {                             // watch-ipn-bus first: its first message has the SessionID
///     ServeConfig own = edit.apply(ServeConfig.EMPTY, files);
///     post(read.withForeground(sessionId, own).encode(), etag);     // If-Match: etag
///     out.println(report.started(own, request));              // then read the bus until it ends or Ctrl-C
///   } else {
///     ServeConfig next = edit.apply(read, files);
///     post(next.encode(), etag);                              // 412: somebody else changed it, try again
///     if (!request.off()) out.println(report.started(next, request));
///   }
///   // status: out.print(report.status(read)), err.print(report.warnings(read)); --json: out.println(body "null" ? "null" : read.encodeIndented())
///   // reset: post(ServeConfig.EMPTY.encode(), "")
///   ```
///
///   [ServeTarget#address] tells where a backend is, for a command that wants to say at start
///   whether it answers.
///
/// - **The daemon** keeps a [ServeState]: entity tags, conflicts, and which entries end with which
///   session.
///
/// - **The proxy** asks [ServeConfig#findTcp], [ServeConfig#findWeb], [MountPath#find] and
///   [HttpHandler#action].
///
/// Virtual-IP services are read, kept and checked; no edit makes them yet.
///
/// Facts: `docs/protocol/services.md` §1.
@NullMarked
package dev.weft.ipn.serve;

import org.jspecify.annotations.NullMarked;
