package io.afterimage.demo;

import io.afterimage.image.Raster;
import java.util.random.RandomGenerator;

/** Spoils images as dirt, transmission and misplaced objects do. Gives new rasters; the same seed gives the same damage. */
final class Damage {
    private final RandomGenerator random;

    Damage(RandomGenerator random) {
        this.random = random;
    }

    /** Adds Gaussian noise with a standard deviation of a quarter of the full scale. */
    Raster noisy(Raster image) {
        byte[] samples = image.samples().clone();
        for (int i = 0; i < samples.length; i++) {
            long value = (samples[i] & 0xFF) + Math.round(random.nextGaussian(0, 64));
            samples[i] = (byte) Math.max(0, Math.min(255, value));
        }
        return with(image, samples);
    }

    /** Moves everything below a line in the middle third sideways, by a quarter of the width at least. */
    Raster torn(Raster image) {
        int width = image.width();
        int line = image.height() / 3 + random.nextInt(Math.max(1, image.height() / 3));
        int shift = width / 4 + random.nextInt(Math.max(1, width / 4));
        int direction = random.nextBoolean() ? 1 : -1;
        byte[] samples = image.samples().clone();
        int pixel = image.channels();
        for (int y = line; y < image.height(); y++) {
            for (int x = 0; x < width; x++) {
                int from = x - direction * shift;
                for (int c = 0; c < pixel; c++) {
                    int to = (y * width + x) * pixel + c;
                    samples[to] = from < 0 || from >= width ? 0 : image.samples()[(y * width + from) * pixel + c];
                }
            }
        }
        return with(image, samples);
    }

    /** Covers a block near the centre, of about a third of each side, with one shade of grey. */
    Raster occluded(Raster image) {
        int width = Math.max(1, image.width() / 3);
        int height = Math.max(1, image.height() / 3);
        int left = image.width() / 4 + random.nextInt(Math.max(1, image.width() / 4));
        int top = image.height() / 4 + random.nextInt(Math.max(1, image.height() / 4));
        byte shade = (byte) (128 + random.nextInt(128));
        byte[] samples = image.samples().clone();
        for (int y = top; y < Math.min(image.height(), top + height); y++) {
            for (int x = left; x < Math.min(image.width(), left + width); x++) {
                for (int c = 0; c < image.channels(); c++) {
                    samples[(y * image.width() + x) * image.channels() + c] = shade;
                }
            }
        }
        return with(image, samples);
    }

    /** Dark becomes light and light dark. */
    static Raster inverted(Raster image) {
        byte[] samples = image.samples().clone();
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (255 - (samples[i] & 0xFF));
        }
        return with(image, samples);
    }

    private static Raster with(Raster image, byte[] samples) {
        return new Raster(image.width(), image.height(), image.channels(), samples);
    }
}
