package io.afterimage.cli;

import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.Current;
import io.afterimage.registry.ModelsTopic;
import io.afterimage.registry.StoredVersion;
import io.afterimage.wire.ChallengerPointer;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One version as {@code models list} shows it.
 *
 * @param state {@code current}, {@code previous}, {@code waiting} or {@code incomplete}
 * @param back rollbacks that lead to it; 0 for one that none leads to
 * @param challenger whether it scores along without a say
 * @param task what it is for; empty when its manifest cannot be read
 * @param trained when, RFC 3339; empty when its manifest cannot be read
 * @param images what it was trained on
 * @param parent version it was compared with or began from; empty when there was none
 * @param signed whether it carries a signature, valid or not
 * @param problem why its manifest cannot be read; empty when it can
 */
record ModelRow(
        String version,
        String state,
        int back,
        boolean challenger,
        String task,
        String trained,
        String images,
        int trainedOn,
        String parent,
        Map<String, Double> quality,
        long bytes,
        boolean signed,
        String problem) {
    private static final String FORMAT = "%-3s %-12s  %-13s  %-20s  %-32s  %7s  %10s  %8s  %s";
    private static final int IMAGES_SHOWN = 32;

    static List<ModelRow> of(ModelsTopic topic, String name) {
        Optional<Current> current = topic.current(name);
        List<ModelRow> rows = new ArrayList<>();
        for (StoredVersion stored : topic.versions(name)) {
            rows.add(row(topic, name, stored, current));
        }
        return rows;
    }

    private static ModelRow row(ModelsTopic topic, String name, StoredVersion stored, Optional<Current> current) {
        String version = stored.version();
        int back = current.map(c -> c.pointer().previous().indexOf(version) + 1).orElse(0);
        boolean challenger = topic.challenger(name)
                .map(ChallengerPointer::version)
                .filter(version::equals)
                .isPresent();
        boolean isCurrent = current.filter(c -> c.version().equals(version)).isPresent();
        try {
            ModelManifest manifest = topic.manifest(name, version);
            if (stored.bytes() != manifest.weights().bytes()) {
                throw new ModelRejectedException("%d of %d bytes of its weights are there"
                        .formatted(stored.bytes(), manifest.weights().bytes()));
            }
            return new ModelRow(
                    version,
                    isCurrent ? "current" : back > 0 ? "previous" : "waiting",
                    back,
                    challenger,
                    manifest.task(),
                    manifest.training().created(),
                    manifest.training().images(),
                    manifest.training().trained(),
                    manifest.training().parent(),
                    manifest.quality(),
                    stored.bytes(),
                    !manifest.signature().isEmpty(),
                    "");
        } catch (ModelRejectedException e) {
            String problem = e.getMessage() == null ? e.toString() : e.getMessage();
            return new ModelRow(
                    version,
                    "incomplete",
                    back,
                    challenger,
                    "",
                    "",
                    "",
                    0,
                    "",
                    Map.of(),
                    stored.bytes(),
                    false,
                    problem);
        }
    }

    static void print(List<ModelRow> rows, PrintWriter out) {
        out.println(FORMAT.formatted("", "version", "task", "trained", "on", "auroc", "alarm rate", "MB", "")
                .stripTrailing());
        for (ModelRow row : rows) {
            out.println(FORMAT.formatted(
                            row.mark(),
                            row.version,
                            row.task,
                            row.trained,
                            shortened(row.images),
                            row.figure("auroc", "%.4f"),
                            row.figure("alarmRate", "%.4f"),
                            String.format(Locale.ROOT, "%.1f", row.bytes / 1e6),
                            row.problem.isEmpty() ? row.signed ? "signed" : "" : row.problem)
                    .stripTrailing());
        }
    }

    private String mark() {
        String mark = switch (state) {
            case "current" -> "*";
            case "incomplete" -> "!";
            default -> back > 0 ? Integer.toString(back) : "";
        };
        return challenger ? mark + "~" : mark;
    }

    private String figure(String name, String format) {
        Double value = quality.get(name);
        return value == null ? "-" : String.format(Locale.ROOT, format, value);
    }

    /** The end of a path says more than its beginning. */
    private static String shortened(String images) {
        return images.length() <= IMAGES_SHOWN ? images : "…" + images.substring(images.length() - IMAGES_SHOWN + 1);
    }
}
