/// Whatever bytes come: each parser of Weft under Jazzer, and the inputs that once broke one as
/// ordinary tests.
///
/// A target is one class with one `@FuzzTest`. It states what must hold for *any* bytes: nothing is
/// thrown, nothing grows without bound, and what was understood is written back as it was read. A
/// target that needs package-private entries lives in that package; all others live here.
///
/// In a normal test run a target replays its seeds and past findings
/// (`src/test/resources/…/<Target>Inputs`). `lab/fuzz/run.sh` searches for new ones.
@NullMarked
package dev.weft.fuzz;

import org.jspecify.annotations.NullMarked;
