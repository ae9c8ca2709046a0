package dev.weft.dist;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds the directions of `ARCHITECTURE.md` and the purity of the cores.
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.weft");

  /// Where native code is called.
  private static final String[] NATIVE = {"dev.weft.crypto..", "dev.weft.runtime.host.."};

  /// A range of memory that is read and written within its bounds, and how its numbers are laid
  /// out.
  private static final DescribedPredicate<JavaClass> MEMORY =
      nameMatching("java\\.lang\\.foreign\\.(MemorySegment|ValueLayout(\\$Of(Byte|Int|Long))?)")
          .forSubtype();

  /// The packages of `protocol`, each depending only on those before it.
  private static final List<String> PROTOCOL =
      List.of(
          "base",
          "json",
          "crypto",
          "packet",
          "stun",
          "dns",
          "keys",
          "noise",
          "disco",
          "derp",
          "tailcfg",
          "ipn",
          "wireguard",
          "ts2021");

  private static final String[] CORES =
      Stream.concat(
              PROTOCOL.stream().map(p -> "dev.weft." + p + ".."),
              Stream.of("dev.weft.netstack", "dev.weft.engine.."))
          .toArray(String[]::new);

  @Test
  void coresHaveNoClockThreadEntropyOrInput() {
    noClasses()
        .that(resideInAnyPackage(CORES))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "io.netty..", "org.slf4j..", "java.nio.channels..", "java.util.concurrent")
                .and(not(isValueOfConcurrent())))
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.lang\\.(Thread|Process|ProcessBuilder|Runtime)"
                + "|java\\.security\\.SecureRandom|java\\.util\\.(Random|Timer)|java\\.io\\.File.*|java\\.nio\\.file\\.Files"
                + "|java\\.net\\.(Socket|ServerSocket|DatagramSocket|URL|HttpURLConnection)")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(CLASSES);
  }

  @Test
  void protocolPackagesDependOnThoseBeforeThem() {
    for (int i = 0; i < PROTOCOL.size(); i++) {
      String[] later =
          PROTOCOL.subList(i + 1, PROTOCOL.size()).stream()
              .map(p -> "dev.weft." + p + "..")
              .toArray(String[]::new);
      if (later.length > 0) {
        noClasses()
            .that()
            .resideInAPackage("dev.weft." + PROTOCOL.get(i) + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(later)
            .allowEmptyShould(true)
            .check(CLASSES);
      }
    }
  }

  @Test
  void servicesKnowTheNodeOnlyByItsApi() {
    noClasses()
        .that()
        .resideInAPackage("dev.weft.serve..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.weft.runtime..",
            "dev.weft.engine..",
            "dev.weft.netstack..",
            "dev.weft.cli..",
            "dev.weft.transport..")
        .check(CLASSES);
  }

  @Test
  void theProductsShareNothingButFormatsTransportAndSettings() {
    List<String> products =
        List.of("dev.weft.control..", "dev.weft.relay..", "dev.weft.runtime..", "dev.weft.cli..");
    for (String product : products) {
      noClasses()
          .that()
          .resideInAPackage(product)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              products.stream().filter(other -> !other.equals(product)).toArray(String[]::new))
          .check(CLASSES);
    }
  }

  /// Of `java.lang.foreign` others have [#MEMORY] at most, as a type of data, and nothing that is
  /// restricted: neither calls nor memory whose bounds are somebody's word.
  @Test
  void nativeCodeIsCalledOnlyWhereItIsMeantTo() {
    noClasses()
        .that()
        .resideOutsideOfPackages(NATIVE)
        .should()
        .dependOnClassesThat(resideInAPackage("java.lang.foreign..").and(not(MEMORY)))
        .orShould()
        .callMethodWhere(
            target(owner(assignableTo(MemorySegment.class))).and(target(name("reinterpret"))))
        .orShould()
        .callMethodWhere(
            target(owner(assignableTo(System.class).or(assignableTo(Runtime.class))))
                .and(target(nameMatching("load|loadLibrary"))))
        .check(CLASSES);
    noMethods().should().haveModifier(JavaModifier.NATIVE).check(CLASSES);
  }

  /// Packets are ranges of heap arrays (ADR 3). The exception are datagrams, which lie where a
  /// socket has put them or takes them from: the batch itself, the session key that opens and seals
  /// it, the sockets, and the lane that does it on another thread.
  @Test
  void memoryOutsideTheHeapIsKnownOnlyBetweenSocketAndCipher() {
    noClasses()
        .that()
        .resideOutsideOfPackages(NATIVE)
        .and()
        .resideOutsideOfPackages(
            "dev.weft.base",
            "dev.weft.wireguard",
            "dev.weft.runtime.loop",
            "dev.weft.runtime.cipher")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(CLASSES);
  }

  @Test
  void everyPackageSaysWhatItOwns() throws IOException {
    Path root = Path.of("").toAbsolutePath().getParent();
    Set<String> undocumented = new TreeSet<>();
    try (Stream<Path> files = Files.walk(root)) {
      Set<Path> packages =
          files
              .filter(
                  f -> f.toString().endsWith(".java") && f.toString().contains("/src/main/java/"))
              .map(Path::getParent)
              .collect(Collectors.toSet());
      assertTrue(packages.size() > 10, "found the sources");
      for (Path folder : packages) {
        Path info = folder.resolve("package-info.java");
        if (!Files.exists(info) || !Files.readString(info).contains("///")) {
          undocumented.add(root.relativize(folder).toString());
        }
      }
    }
    assertEquals(Set.of(), undocumented);
  }

  /// Types of `java.util.concurrent` that neither run nor wait: exceptions and such.
  private static DescribedPredicate<JavaClass> isValueOfConcurrent() {
    return DescribedPredicate.describe(
        "a value", c -> c.getSimpleName().equals("TimeUnit") || c.isAssignableTo(Throwable.class));
  }
}
