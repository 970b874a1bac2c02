package io.afterimage.operations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A dashboard of Grafana, as far as it asks Prometheus for something. */
record Dashboard(String file, JsonNode json) {
    static final Path FOLDER = Path.of("deploy", "grafana", "dashboards");

    /** One question to Prometheus. */
    record Query(String where, String expression) {}

    /** A template variable that is filled by a query {@code label_values(selector, label)}. */
    record Variable(String name, String selector, String label, String allValue, boolean multi) {
        private static Variable of(JsonNode variable) {
            String query = variable.at("/query/query").asString();
            if (!query.startsWith("label_values(") || !query.endsWith(")")) {
                throw new AssertionError(variable.path("name") + " asks for " + query);
            }
            String arguments = query.substring("label_values(".length(), query.length() - 1);
            int comma = arguments.lastIndexOf(',');
            return new Variable(
                    variable.path("name").asString(),
                    arguments.substring(0, comma).strip(),
                    arguments.substring(comma + 1).strip(),
                    variable.path("allValue").asString(""),
                    variable.path("multi").asBoolean());
        }
    }

    static List<Dashboard> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted()
                    .map(file -> new Dashboard(
                            String.valueOf(file.getFileName()),
                            JsonMapper.shared().readTree(read(file))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with a metric misspelt wherever it occurs. */
    Dashboard misspelling(String metric, String misspelt) {
        return new Dashboard(
                file + " with " + misspelt,
                JsonMapper.shared().readTree(json.toString().replace(metric, misspelt)));
    }

    /** All panels; rows are panels, too. */
    List<JsonNode> panels() {
        List<JsonNode> panels = new ArrayList<>();
        for (JsonNode panel : json.path("panels")) {
            panels.add(panel);
            panel.path("panels").forEach(panels::add);
        }
        return panels;
    }

    /** Panels that show something. */
    List<JsonNode> charts() {
        return panels().stream()
                .filter(panel -> !panel.path("type").asString().equals("row"))
                .toList();
    }

    List<Variable> variables() {
        List<Variable> variables = new ArrayList<>();
        for (JsonNode variable : json.at("/templating/list")) {
            if (variable.path("type").asString().equals("query")) {
                variables.add(Variable.of(variable));
            }
        }
        return variables;
    }

    /** Of panels and annotations, with variables as they are written. */
    List<Query> queries() {
        List<Query> queries = new ArrayList<>();
        for (JsonNode panel : charts()) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(new Query(
                        "%s, panel '%s' %s"
                                .formatted(
                                        file,
                                        panel.path("title").asString(),
                                        target.path("refId").asString()),
                        target.path("expr").asString()));
            }
        }
        for (JsonNode annotation : json.at("/annotations/list")) {
            queries.add(new Query(
                    "%s, annotation '%s'"
                            .formatted(file, annotation.path("name").asString()),
                    annotation.path("expr").asString()));
        }
        return queries;
    }

    @Override
    public String toString() {
        return file;
    }
}
