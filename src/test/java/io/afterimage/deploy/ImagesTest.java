package io.afterimage.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images are named by a release that stays what it is, and by the same one everywhere. */
class ImagesTest {
    /** At least two numbers: a tag such as 25-jre moves on with every release. */
    private static final Pattern RELEASE = Pattern.compile("[a-z0-9./-]+:v?\\d+\\.\\d+\\S*");

    private static final Pattern BUILD_ARGUMENT = Pattern.compile("(?m)^ARG (\\w+_IMAGE)=(\\S+)$");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+_IMAGE):-([^}]+)}");

    @Test
    void everyImageIsARelease() throws IOException {
        assertThat(named())
                .hasSizeGreaterThanOrEqualTo(6)
                .allSatisfy((name, images) -> assertThat(images)
                        .as(name)
                        .singleElement()
                        .matches(image -> RELEASE.matcher(image).matches(), "a release"));
    }

    @Test
    void composeRunsTheReleaseOfTheChart() throws IOException {
        String chart = Files.readString(Path.of("helm", "afterimage", "Chart.yaml"));
        Matcher version = Pattern.compile("(?m)^appVersion: \"(.+)\"$").matcher(chart);
        assertThat(version.find()).isTrue();
        assertThat(named().get("AFTERIMAGE_IMAGE")).containsExactly("afterimage:" + version.group(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"eclipse-temurin:25-jre", "apache/kafka:latest", "prom/prometheus", "debian:12"})
    void whatMovesIsNoRelease(String image) {
        assertThat(image).doesNotMatch(RELEASE);
    }

    /** The images of Dockerfile and docker-compose.yml by the name of the variable that replaces them. */
    private static Map<String, Set<String>> named() throws IOException {
        Map<String, Set<String>> named = new LinkedHashMap<>();
        collect(BUILD_ARGUMENT, Files.readString(Path.of("deploy", "Dockerfile")), named);
        collect(VARIABLE, Files.readString(Path.of("docker-compose.yml")), named);
        return named;
    }

    private static void collect(Pattern pattern, String file, Map<String, Set<String>> named) {
        for (Matcher image = pattern.matcher(file); image.find(); ) {
            named.computeIfAbsent(image.group(1), none -> new LinkedHashSet<>()).add(image.group(2));
        }
    }
}
