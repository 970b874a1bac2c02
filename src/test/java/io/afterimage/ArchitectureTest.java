package io.afterimage;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Dependencies run one way and each library stays in its place. Every rule is also held against broken twins in the
 * test sources, so that one that catches nothing is noticed.
 */
class ArchitectureTest {
    private static final String ROOT = "io.afterimage";

    /** What each package may use of the others; {@code cli} wires everything and may use all. */
    private static final Map<String, Set<String>> USES = Map.ofEntries(
            Map.entry("image", Set.of()),
            Map.entry("score", Set.of("image")),
            Map.entry("model", Set.of("image", "score")),
            Map.entry("train", Set.of("image", "score", "model")),
            Map.entry("wire", Set.of("image", "score")),
            Map.entry("registry", Set.of("image", "score", "model", "wire")),
            Map.entry("retrain", Set.of("image", "score", "model", "train", "wire", "registry", "config", "metrics")),
            Map.entry("config", Set.of()),
            Map.entry("health", Set.of()),
            Map.entry("metrics", Set.of("image", "score")),
            Map.entry("stream", Set.of("image", "score", "model", "wire", "config", "metrics", "health")),
            Map.entry("http", Set.of("health", "metrics")),
            Map.entry("demo", Set.of("image", "score", "model", "wire", "config", "stream", "health")),
            Map.entry("evaluate", Set.of("image", "score", "model", "train", "retrain")),
            Map.entry("report", Set.of("image", "train", "evaluate")),
            Map.entry("process", Set.of()),
            Map.entry(
                    "bench",
                    Set.of("image", "score", "model", "wire", "registry", "config", "metrics", "stream", "process")),
            Map.entry(
                    "cli",
                    Set.of(
                            "image",
                            "score",
                            "model",
                            "train",
                            "wire",
                            "config",
                            "health",
                            "metrics",
                            "stream",
                            "http",
                            "demo",
                            "bench",
                            "registry",
                            "retrain",
                            "evaluate",
                            "report",
                            "process")));

    /** Where each library may be used. */
    private static final Map<String, Set<String>> FENCES = Map.ofEntries(
            Map.entry("ai.djl..", Set.of("model", "train")),
            Map.entry("org.ejml..", Set.of("model", "train")),
            Map.entry("java.awt..", Set.of("image")),
            Map.entry("javax.imageio..", Set.of("image")),
            Map.entry("io.javalin..", Set.of("http")),
            Map.entry("org.eclipse.jetty..", Set.of("http")),
            Map.entry("picocli..", Set.of("cli")),
            Map.entry("me.tongfei.progressbar..", Set.of("cli")),
            Map.entry("org.apache.kafka.streams..", Set.of("stream", "metrics", "config")),
            Map.entry("kafka..", Set.of("demo")),
            Map.entry("org.apache.kafka.metadata..", Set.of("demo")),
            Map.entry("org.apache.kafka.server..", Set.of("demo")),
            Map.entry("io.micrometer..", Set.of("metrics", "http")),
            Map.entry("io.prometheus..", Set.of("metrics")),
            Map.entry("tools.jackson..", Set.of("wire", "model", "cli", "http")),
            Map.entry("com.fasterxml.jackson.annotation..", Set.of("model")),
            Map.entry("com.fasterxml.jackson.core..", Set.of()),
            Map.entry("com.fasterxml.jackson.databind..", Set.of()));

    private static final JavaClasses SERVICE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private static final JavaClasses TWINS = new ClassFileImporter()
            .withImportOption(location -> location.contains("Twin"))
            .importPackages(ROOT);

    private static Map<String, ArchRule> rules() {
        var rules = new LinkedHashMap<String, ArchRule>();
        USES.forEach((name, used) -> rules.put(name + " uses only what lies below it", uses(name, used)));
        FENCES.forEach((library, places) -> rules.put(library + " stays in its place", fence(library, places)));
        rules.put(
                "only config reads the environment",
                noClasses()
                        .that()
                        .resideOutsideOfPackage(ROOT + ".config..")
                        .should()
                        .callMethod(System.class, "getenv")
                        .orShould()
                        .callMethod(System.class, "getenv", String.class));
        rules.put(
                "only the main class ends the process",
                noClasses()
                        .that()
                        .doNotHaveFullyQualifiedName(ROOT + ".cli.Main")
                        .should()
                        .callMethod(System.class, "exit", int.class)
                        .orShould()
                        .callMethod(Runtime.class, "halt", int.class)
                        .orShould()
                        .callMethod(Runtime.class, "exit", int.class));
        rules.put(
                "only commands print",
                noClasses()
                        .that()
                        .resideOutsideOfPackages(ROOT + ".cli..", ROOT + ".demo..")
                        .should()
                        .accessField(System.class, "out")
                        .orShould()
                        .accessField(System.class, "err"));
        rules.put(
                "a name says what a thing is",
                noClasses().should().haveNameMatching(".*(Utils?|Helpers?|Manager|Impl)(\\$.*)?"));
        rules.put(
                "packages have no cycles",
                slices().matching(ROOT + ".(*)..").should().beFreeOfCycles());
        return rules;
    }

    static Stream<Named<ArchRule>> all() {
        return rules().entrySet().stream().map(rule -> Named.of(rule.getKey(), rule.getValue()));
    }

    /** Of the rules about packages, which are all made alike, one has a twin. */
    static Stream<Named<ArchRule>> withTwins() {
        return all().filter(rule ->
                rule.getName().startsWith("image ") || !rule.getName().endsWith("below it"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void theServiceKeeps(ArchRule rule) {
        rule.allowEmptyShould(true).check(SERVICE);
    }

    @ParameterizedTest
    @MethodSource("withTwins")
    void theTwinsBreak(ArchRule rule) {
        assertThat(rule.evaluate(TWINS).hasViolation()).isTrue();
    }

    @Test
    void everyPackageHasItsPlace() {
        var found = new TreeSet<String>();
        SERVICE.stream()
                .map(type -> type.getPackageName())
                .filter(name -> !name.equals(ROOT))
                .map(name -> name.substring(ROOT.length() + 1))
                .forEach(found::add);
        assertThat(USES.keySet()).containsAll(found);
    }

    private static ArchRule uses(String name, Set<String> used) {
        String[] others = USES.keySet().stream()
                .filter(other -> !other.equals(name) && !used.contains(other))
                .map(other -> ROOT + "." + other + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(others));
    }

    private static ArchRule fence(String library, Set<String> places) {
        String[] allowed =
                places.stream().map(place -> ROOT + "." + place + "..").toArray(String[]::new);
        return noClasses()
                .that()
                .resideOutsideOfPackages(allowed)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }
}
