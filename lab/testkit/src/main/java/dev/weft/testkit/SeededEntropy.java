package dev.weft.testkit;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Randomness that is the same in every run with the same seed. Pass `seeded::fill` where an
/// `Entropy` is wanted.
public final class SeededEntropy {
  private final long seed;
  private final RandomGenerator generator;

  public SeededEntropy(long seed) {
    this.seed = seed;
    // Named, because the default algorithm may change with the Java version.
    this.generator = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /// What it was made from.
  public long seed() {
    return seed;
  }

  /// Fills the whole array.
  public void fill(byte[] bytes) {
    generator.nextBytes(bytes);
  }

  /// `count` random bytes.
  public byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    fill(bytes);
    return bytes;
  }

  /// The same source as Java's interface, for choices a test makes.
  public RandomGenerator random() {
    return generator;
  }

  @Override
  public String toString() {
    return "seed " + seed;
  }
}
