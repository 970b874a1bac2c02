package io.afterimage.train;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.tracker.Tracker;
import java.util.List;

/**
 * How much of a label can be read off vectors by a weighted sum for each label (Alain and Bengio, 2016): multinomial logistic regression on
 * standardised vectors. Measures an embedding; no model of the service is made with it.
 */
public final class LinearProbe {
    private static final int STEPS = 400;
    private static final float LEARNING_RATE = 0.05f;

    private LinearProbe() {}

    /**
     * Share of test vectors whose label is read rightly.
     *
     * @param train vectors to learn from
     * @param labels of them, within 0..{@code kinds} − 1
     * @param test vectors to read
     * @param truth labels of them
     */
    public static double accuracy(
            List<float[]> train, int[] labels, List<float[]> test, int[] truth, int kinds, long seed) {
        JniUtils.setNumThreads(1);
        Engine engine = Engine.getEngine("PyTorch");
        engine.setRandomSeed((int) seed);
        int length = train.get(0).length;
        DefaultTrainingConfig configuration = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(Adam.builder()
                        .optLearningRateTracker(Tracker.cosine()
                                .setBaseValue(LEARNING_RATE)
                                .optFinalValue(LEARNING_RATE / 100)
                                .setMaxUpdates(STEPS)
                                .build())
                        .build())
                .optDevices(new Device[] {Device.cpu()});
        try (Model holder = Model.newInstance("probe", "PyTorch")) {
            holder.setBlock(Linear.builder().setUnits(kinds).build());
            try (Trainer trainer = holder.newTrainer(configuration)) {
                trainer.initialize(new Shape(1, length));
                NDManager manager = trainer.getManager();
                NDArray x = manager.create(ImageBatch.join(train), new Shape(train.size(), length));
                NDArray mean = x.mean(new int[] {0}, true);
                NDArray deviation =
                        x.sub(mean).square().mean(new int[] {0}, true).sqrt().add(1e-6f);
                NDArray standard = x.sub(mean).div(deviation);
                NDArray y = manager.create(labels).reshape(labels.length, 1);
                for (int step = 0; step < STEPS; step++) {
                    step(trainer, standard, y);
                }
                NDArray unseen = manager.create(ImageBatch.join(test), new Shape(test.size(), length))
                        .sub(mean)
                        .div(deviation);
                long[] read = trainer.evaluate(new NDList(unseen))
                        .singletonOrThrow()
                        .argMax(1)
                        .toLongArray();
                int right = 0;
                for (int i = 0; i < truth.length; i++) {
                    right += read[i] == truth[i] ? 1 : 0;
                }
                return (double) right / truth.length;
            }
        }
    }

    private static void step(Trainer trainer, NDArray x, NDArray y) {
        try (NDManager manager = trainer.getManager().newSubManager();
                GradientCollector gradients = trainer.newGradientCollector()) {
            NDList logits = trainer.forward(new NDList(x));
            logits.attach(manager);
            NDArray loss = trainer.getLoss().evaluate(new NDList(y), logits);
            loss.attach(manager);
            gradients.backward(loss);
        }
        trainer.step();
    }
}
