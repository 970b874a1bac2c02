package io.afterimage.train;

import io.afterimage.image.InputShape;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** What spoils a picture that a network then learns to restore. Values stay in [0, 1]. */
public enum Noise {
    /** Adds normal noise with mean 0.5 and deviation 0.3 to each value: fog with grain. */
    FOG {
        @Override
        void add(float[] pictures, int offset, InputShape shape, SplittableRandom random) {
            normal(pictures, offset, shape.size(), 0.5, random);
        }
    },
    /** Adds normal noise with mean 0 and deviation 0.3 to each value. */
    GRAIN {
        @Override
        void add(float[] pictures, int offset, InputShape shape, SplittableRandom random) {
            normal(pictures, offset, shape.size(), 0, random);
        }
    },
    /** Makes a fifth of the pixels black or white. */
    SALT_AND_PEPPER {
        @Override
        void add(float[] pictures, int offset, InputShape shape, SplittableRandom random) {
            for (int i = 0; i < shape.pixels(); i++) {
                if (random.nextDouble() < SPECKS) {
                    float value = random.nextBoolean() ? 1 : 0;
                    for (int channel = 0; channel < shape.channels(); channel++) {
                        pictures[offset + channel * shape.pixels() + i] = value;
                    }
                }
            }
        }
    },
    /** Blanks cells of 4×4 pixels at a rate drawn from U(0, 0.75), see {@link BlockDrop}. */
    BLOCKS {
        @Override
        void add(float[] pictures, int offset, InputShape shape, SplittableRandom random) {
            new BlockDrop(shape, random).corrupt(pictures, offset);
        }
    },
    /** Each picture one of the others, with equal odds. */
    ANY {
        @Override
        void add(float[] pictures, int offset, InputShape shape, SplittableRandom random) {
            SINGLE.get(random.nextInt(SINGLE.size())).add(pictures, offset, shape, random);
        }
    };

    private static final List<Noise> SINGLE = List.of(FOG, GRAIN, SALT_AND_PEPPER, BLOCKS);
    private static final double DEVIATION = 0.3;
    private static final double SPECKS = 0.2;

    /** Spoils the picture at {@code offset}. */
    abstract void add(float[] pictures, int offset, InputShape shape, SplittableRandom random);

    /** The picture with noise; the same for the same seed. */
    public float[] of(float[] picture, InputShape shape, long seed) {
        float[] noisy = picture.clone();
        add(noisy, 0, shape, new SplittableRandom(seed));
        return noisy;
    }

    private static void normal(float[] pictures, int offset, int count, double mean, SplittableRandom random) {
        for (int i = offset; i < offset + count; i++) {
            double value = pictures[i] + mean + DEVIATION * random.nextGaussian();
            pictures[i] = (float) Math.max(0, Math.min(1, value));
        }
    }

    /** The name used on the command line, e.g. {@code salt-and-pepper}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
