package io.afterimage.train;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.AdamW;
import ai.djl.training.tracker.Tracker;
import io.afterimage.image.InputShape;
import io.afterimage.model.Architecture;
import io.afterimage.model.Network;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Trains a network: AdamW, learning rate warmed up and then lowered along a cosine. One engine thread and seeded choices throughout, so
 * the same images and seed give the same weights on the same machine.
 */
final class NetworkTraining {
    private static final int FEWEST_IN_A_BATCH = 16;
    /** With fewer steps few images teach little: they are taken in smaller batches, at the same number of rounds. */
    private static final int ENOUGH_STEPS = 2_000;

    private static final float LEAST_LEARNING_RATE = 2e-5f;
    private static final double WARM_UP_SHARE = 0.1;
    /** A loss so many times the first one is no accident of the last batches. */
    private static final double RISE = 10;

    private final InputShape shape;
    private final List<float[]> images;
    private final Schedule schedule;
    private final int steps;
    private final SplittableRandom random;
    private final Objective objective;
    private final float[] batch;
    private final List<Integer> order = new ArrayList<>();
    private int next;

    /**
     * How fast to learn.
     *
     * @param epochs rounds through the images
     * @param learningRate the highest, reached after the warm-up
     * @param mostInABatch images per step, of many images
     */
    record Schedule(int epochs, float learningRate, int mostInABatch) {}

    /** Mean losses over the first and the last tenth of the steps. */
    record Losses(double first, double last) {}

    NetworkTraining(
            InputShape shape, List<float[]> images, Schedule schedule, Objective objective, SplittableRandom random) {
        this.shape = shape;
        this.images = images;
        this.schedule = schedule;
        int count = batch(schedule, images.size());
        this.steps = Math.max(10, (int) Math.ceil((double) schedule.epochs() * images.size() / count));
        this.random = random;
        this.objective = objective;
        this.batch = new float[count * shape.size()];
        for (int i = 0; i < images.size(); i++) {
            order.add(i);
        }
        this.next = images.size();
    }

    int steps() {
        return steps;
    }

    private static int batch(Schedule schedule, int images) {
        long batch = (long) schedule.epochs() * images / ENOUGH_STEPS;
        return (int) Math.min(images, Math.max(FEWEST_IN_A_BATCH, Math.min(schedule.mostInABatch(), batch)));
    }

    /**
     * Trains the network that {@code holder} carries; leaves its parameters frozen.
     *
     * @throws IllegalStateException when the loss is no number, or rose instead of falling
     */
    Losses run(Model holder, Consumer<TrainingStep> progress) {
        JniUtils.setNumThreads(1);
        int count = batch.length / shape.size();
        double[] losses = new double[steps];
        try (Trainer trainer = holder.newTrainer(configuration())) {
            trainer.initialize(new Shape(count, shape.channels(), shape.height(), shape.width()));
            for (int step = 0; step < steps; step++) {
                nextBatch(count);
                losses[step] = step(trainer, count);
                progress.accept(new TrainingStep(step + 1, steps, count, losses[step]));
            }
        }
        holder.getBlock().freezeParameters(true);
        int tenth = Math.max(1, steps / 10);
        return converged(mean(losses, 0, tenth), mean(losses, steps - tenth, steps));
    }

    /** A loss that rose is that of a network that was destroyed, unless it is small: no picture is worse than its opposite. */
    private Losses converged(double first, double last) {
        if (last > RISE * first && last > shape.size()) {
            throw new IllegalStateException(
                    "training diverged: the loss rose from %.4g to %.4g".formatted(first, last));
        }
        return new Losses(first, last);
    }

    private DefaultTrainingConfig configuration() {
        float learningRate = schedule.learningRate();
        int warmUp = Math.max(1, (int) (WARM_UP_SHARE * steps));
        Tracker cosine = Tracker.cosine()
                .setBaseValue(learningRate)
                .optFinalValue(LEAST_LEARNING_RATE)
                .setMaxUpdates(steps - warmUp)
                .build();
        Tracker rate = Tracker.warmUp()
                .setMainTracker(cosine)
                .optWarmUpBeginValue(learningRate / 25)
                .optWarmUpSteps(warmUp)
                .build();
        return new DefaultTrainingConfig(Loss.l2Loss())
                .optOptimizer(AdamW.builder()
                        .optLearningRateTracker(rate)
                        .optWeightDecays(1e-4f)
                        .build())
                .optDevices(new Device[] {Device.cpu()});
    }

    private double step(Trainer trainer, int count) {
        try (NDManager manager = trainer.getManager().newSubManager()) {
            double loss;
            try (GradientCollector gradients = trainer.newGradientCollector()) {
                NDArray error = objective.loss(trainer, manager, batch, count);
                gradients.backward(error);
                loss = error.getFloat();
            }
            trainer.step();
            if (!Double.isFinite(loss)) {
                throw new IllegalStateException("training diverged: the loss is " + loss);
            }
            return loss;
        }
    }

    /** Takes the next images of a random order that is drawn anew after each round through all of them. */
    private void nextBatch(int count) {
        int size = shape.size();
        for (int i = 0; i < count; i++) {
            if (next == order.size()) {
                for (int k = order.size() - 1; k > 0; k--) {
                    Collections.swap(order, k, random.nextInt(k + 1));
                }
                next = 0;
            }
            System.arraycopy(images.get(order.get(next++)), 0, batch, i * size, size);
        }
    }

    private static double mean(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum / (to - from);
    }

    /** A holder of a fresh network whose parameters depend on the seed alone. */
    static Model newNetwork(String name, Architecture architecture, long seed) {
        Engine.getEngine("PyTorch").setRandomSeed((int) seed);
        Model holder = Model.newInstance(name, "PyTorch");
        holder.setBlock(Network.initialized(holder.getNDManager(), architecture));
        return holder;
    }
}
