package io.afterimage.train;

import io.afterimage.image.InputShape;
import io.afterimage.model.Architecture;
import io.afterimage.model.DenoisingArchitecture;
import io.afterimage.model.GenerativeArchitecture;
import io.afterimage.model.UpscalingArchitecture;
import java.util.SplittableRandom;

/** What a network without a verdict is to learn. */
public sealed interface Goal {

    Architecture architecture(InputShape shape);

    Objective objective(InputShape shape, SplittableRandom random);

    NetworkTraining.Schedule schedule(int epochs);

    /** How many pictures, those seen again included, suffice to learn it. */
    int enough();

    /** Rounds that suit a set of so many images, within 1..{@value Rounds#MOST}. */
    default int suitableEpochs(int images) {
        return Rounds.of(enough(), images);
    }

    /**
     * To take noise off.
     *
     * @param width see {@link DenoisingArchitecture}
     */
    record Denoise(Noise noise, int width) implements Goal {
        public Denoise {
            Architecture.requireWidth(width);
        }

        @Override
        public Architecture architecture(InputShape shape) {
            return new DenoisingArchitecture(shape, width);
        }

        @Override
        public Objective objective(InputShape shape, SplittableRandom random) {
            return Restoration.of(shape, noise, random);
        }

        @Override
        public NetworkTraining.Schedule schedule(int epochs) {
            return new NetworkTraining.Schedule(epochs, 8e-3f, 128);
        }

        @Override
        public int enough() {
            return 60_000;
        }
    }

    /**
     * To double the resolution.
     *
     * @param width see {@link UpscalingArchitecture}
     */
    record SuperResolve(int width) implements Goal {
        public SuperResolve {
            Architecture.requireWidth(width);
        }

        @Override
        public Architecture architecture(InputShape shape) {
            return new UpscalingArchitecture(shape, width);
        }

        @Override
        public Objective objective(InputShape shape, SplittableRandom random) {
            return new Enlargement(shape);
        }

        @Override
        public NetworkTraining.Schedule schedule(int epochs) {
            return new NetworkTraining.Schedule(epochs, 3e-2f, 128);
        }

        @Override
        public int enough() {
            return 60_000;
        }
    }

    /** To make new pictures; see {@link GenerativeArchitecture}. */
    record Generate(String kind, int latent, GenerativeArchitecture.Loss loss) implements Goal {
        public Generate {
            Architecture.requireLatent(latent);
        }

        @Override
        public GenerativeArchitecture architecture(InputShape shape) {
            return new GenerativeArchitecture(kind, shape, latent, loss);
        }

        @Override
        public Objective objective(InputShape shape, SplittableRandom random) {
            return new Generation(architecture(shape), random);
        }

        @Override
        public NetworkTraining.Schedule schedule(int epochs) {
            float learningRate = kind.equals(GenerativeArchitecture.VARIATIONAL) ? 4e-3f : 2e-3f;
            // Each picture is decoded from one draw: noise that many small steps average out.
            return new NetworkTraining.Schedule(epochs, learningRate, 64);
        }

        @Override
        public int enough() {
            return 480_000;
        }
    }
}
