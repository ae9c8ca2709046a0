package dev.weft.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test method that takes a [SeededEntropy] (or the seed, as a `long`) and runs once per seed.
///
/// The seeds are fixed, 1 and up, so a build gives the same answer twice; `WEFT_SEED=n` runs only
/// that one, and `WEFT_SEEDS=n` that many, for a longer search. The seed is in the name of each run
/// and is added to the failure.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SeededTestExtension.class)
public @interface SeededTest {
  /// How many seeds.
  int seeds() default 20;
}
