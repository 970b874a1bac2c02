package io.afterimage.operations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** One rule of {@code afterimage-alerts.yml}. */
record Alert(String name, String expression, String severity, JsonNode annotations) {
    static final Path RULES = Path.of("deploy", "prometheus", "afterimage-alerts.yml");
    static final Path TESTS = Path.of("deploy", "prometheus", "tests");

    static List<Alert> all() {
        List<Alert> alerts = new ArrayList<>();
        for (JsonNode group : yaml(RULES).path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                alerts.add(new Alert(
                        rule.path("alert").asString(),
                        rule.path("expr").asString(),
                        rule.at("/labels/severity").asString(),
                        rule.path("annotations")));
            }
        }
        return alerts;
    }

    static JsonNode yaml(Path file) {
        try {
            return new YAMLMapper().readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String annotation(String key) {
        return annotations.path(key).asString("");
    }

    @Override
    public String toString() {
        return name;
    }
}
