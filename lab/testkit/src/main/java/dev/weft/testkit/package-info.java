/// What tests of every module share: published vectors and seeded randomness.
///
/// | type | for |
/// |---|---|
/// | [SharedVectors][dev.weft.testkit.SharedVectors] | vectors kept beside the checkout; a test that needs an absent one is skipped, saying so |
/// | [SeededEntropy][dev.weft.testkit.SeededEntropy] | randomness that repeats |
/// | [ConnectProxy][dev.weft.testkit.ConnectProxy] | a proxy to go through |
/// | [OptimizedJvm][dev.weft.testkit.OptimizedJvm] | a program in a JVM with the optimizing compiler |
/// | [SeededTest][dev.weft.testkit.SeededTest] | a test run with several seeds, the failing one in its name |
///
/// This module depends on none of ours, so that the tests of the lowest of them, `protocol`, can
/// use it: a module cannot wait for one that waits for it. `SeededEntropy` therefore does not
/// implement `dev.weft.base.Entropy`; that is a functional interface, and `seeded::fill` is one.
///
/// What needs our own types (a seeded network, a clock) lives in `lab/simulation`.
@NullMarked
package dev.weft.testkit;

import org.jspecify.annotations.NullMarked;
