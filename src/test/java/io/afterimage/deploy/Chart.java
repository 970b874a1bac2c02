package io.afterimage.deploy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The Helm chart in a folder, rendered by Helm itself. */
record Chart(Path folder) {
    static final Chart OURS = new Chart(Path.of("helm", "afterimage"));
    static final String NAMESPACE = "vision";
    static final String RELEASE = "afterimage";

    private static final String KUBERNETES = "1.34.0";
    private static final String SUFFIX = "-values.yaml";

    /** What makes a hook of a manifest. The Java binding leaves hooks out of what it renders, so they are called otherwise. */
    private static final String HOOK = "helm.sh/hook: ";

    private static final String HIDDEN_HOOK = "hook.helm.sh/of: ";

    /** The examples that come with the chart, by name: {@code kind}, {@code production} and so on. */
    static Stream<String> examples() {
        try (Stream<Path> files = Files.list(OURS.folder.resolve("ci"))) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
            return names.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Renders an example. */
    String render(String example) {
        return render(example, Map.of());
    }

    /**
     * Renders an example with some values changed, hooks and tests included.
     *
     * @throws IllegalStateException with what Helm, the schema or the chart says against it
     */
    String render(String example, Map<String, Object> changes) {
        try {
            Path copy = Files.createTempDirectory("chart");
            try {
                copyTo(copy, HOOK, HIDDEN_HOOK);
                TemplateCommand command = new Helm(copy)
                        .template()
                        .withKubeVersion(KUBERNETES)
                        .withName(RELEASE)
                        .withNamespace(NAMESPACE)
                        .withValuesFile(values(example));
                changes.forEach(command::set);
                return command.call().replace(HIDDEN_HOOK, HOOK);
            } finally {
                delete(copy);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What Helm tells the operator after an installation. */
    String notes(String example) {
        return new Helm(folder)
                .install()
                .clientOnly()
                .dryRun()
                .withKubeVersion(KUBERNETES)
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withValuesFile(values(example))
                .call()
                .getOutput();
    }

    /** A copy of this chart in another folder with one text replaced by another, to break it. */
    Chart with(Path copy, String file, String text, String replacement) throws IOException {
        copyTo(copy, HOOK, HOOK);
        Path changed = copy.resolve(file);
        String before = Files.readString(changed);
        if (!before.contains(text)) {
            throw new IllegalArgumentException(file + " has no '" + text + "'");
        }
        Files.writeString(changed, before.replace(text, replacement));
        return new Chart(copy);
    }

    private Path values(String example) {
        return folder.resolve("ci").resolve(example + SUFFIX);
    }

    private void copyTo(Path copy, String text, String replacement) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path from : files.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(folder.relativize(from).toString());
                Files.createDirectories(to.resolveSibling("."));
                Files.writeString(to, Files.readString(from).replace(text, replacement));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
