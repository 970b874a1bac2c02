package io.afterimage.cli;

import io.afterimage.model.ModelArtifact;
import io.afterimage.train.TrainingStep;
import java.io.PrintWriter;
import java.util.function.Consumer;
import java.util.function.Function;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far a training is. */
final class TrainingProgress {
    private TrainingProgress() {}

    /** Runs a training and shows how far it is: as a bar on a terminal, as lines elsewhere. */
    static ModelArtifact shown(PrintWriter terminal, Function<Consumer<TrainingStep>, ModelArtifact> training) {
        if (!Terminal.attached()) {
            return training.apply(new Lines(terminal));
        }
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("training")
                .setUnit(" images", 1)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .showSpeed()
                .build()) {
            return training.apply(step -> {
                bar.maxHint((long) step.steps() * step.images());
                bar.stepBy(step.images());
                bar.setExtraMessage("loss %.2f".formatted(step.loss()));
            });
        }
    }

    /** Progress where nothing can be redrawn: a line for each tenth. */
    private static final class Lines implements Consumer<TrainingStep> {
        private final PrintWriter terminal;
        private final long start = System.nanoTime();

        Lines(PrintWriter terminal) {
            this.terminal = terminal;
        }

        @Override
        public void accept(TrainingStep step) {
            int tenth = Math.max(1, step.steps() / 10);
            if (step.step() % tenth == 0 || step.step() == step.steps()) {
                double seconds = (System.nanoTime() - start) / 1e9;
                double perStep = seconds / step.step();
                terminal.printf(
                        "step %d of %d  loss %.2f  %.0f images/s  %.0f s left%n",
                        step.step(),
                        step.steps(),
                        step.loss(),
                        step.images() / perStep,
                        perStep * (step.steps() - step.step()));
            }
        }
    }
}
