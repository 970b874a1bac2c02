package io.afterimage.image;

import java.util.Arrays;
import java.util.Objects;

/**
 * Images as a model takes and gives them: planes one after the other (CHW), row by row, values in [0, 1].
 *
 * <p>Where the sizes differ, each axis is resampled on its own: by averaging over areas where it shrinks, linearly between
 * pixel centres where it grows. The aspect ratio is not kept. Colour becomes grey by the luma of ITU-R BT.601; grey becomes
 * colour by repeating the plane. The same raster and shape always give the same floats.
 */
public final class InputTensor {
    /** What a step of 1/255 adds to the luma. */
    private static final float LUMA_RED = 0.299f / 255f;

    private static final float LUMA_GREEN = 0.587f / 255f;
    private static final float LUMA_BLUE = 0.114f / 255f;
    private static final float[] UNIT = new float[256];

    static {
        for (int i = 0; i < UNIT.length; i++) {
            UNIT[i] = i / 255f;
        }
    }

    private InputTensor() {}

    /**
     * Writes {@code shape.size()} values from {@code offset} on.
     *
     * @throws IndexOutOfBoundsException if the target is too short
     */
    public static void write(Raster raster, InputShape shape, float[] target, int offset) {
        Objects.checkFromIndexSize(offset, shape.size(), target.length);
        int planes = Math.min(raster.channels(), shape.channels());
        if (raster.width() == shape.width() && raster.height() == shape.height()) {
            for (int plane = 0; plane < planes; plane++) {
                readRow(raster, planes, plane, 0, shape.pixels(), target, offset + plane * shape.pixels());
            }
        } else {
            resize(raster, shape, planes, target, offset);
        }
        for (int plane = planes; plane < shape.channels(); plane++) {
            System.arraycopy(target, offset, target, offset + plane * shape.pixels(), shape.pixels());
        }
    }

    /**
     * Writes a part of a raster as it is, without resampling: {@code channels · height · width} values from {@code offset} on.
     *
     * @param channels 1 or 3, whatever the raster has
     * @throws IndexOutOfBoundsException if the part is not within the raster, or the target is too short
     */
    public static void writePart(
            Raster raster, int channels, int top, int left, int height, int width, float[] target, int offset) {
        Objects.checkFromIndexSize(top, height, raster.height());
        Objects.checkFromIndexSize(left, width, raster.width());
        int pixels = height * width;
        Objects.checkFromIndexSize(offset, channels * pixels, target.length);
        int planes = Math.min(raster.channels(), channels);
        for (int plane = 0; plane < planes; plane++) {
            for (int y = 0; y < height; y++) {
                int first = (top + y) * raster.width() + left;
                readRow(raster, planes, plane, first, width, target, offset + plane * pixels + y * width);
            }
        }
        for (int plane = planes; plane < channels; plane++) {
            System.arraycopy(target, offset, target, offset + plane * pixels, pixels);
        }
    }

    /** A value as a sample of a raster: limited to [0, 1] and rounded to 8 bits; NaN becomes 0. */
    public static byte sample(float value) {
        return (byte) (int) (Math.max(0f, Math.min(1f, value)) * 255f + 0.5f);
    }

    /**
     * The way back: a raster of {@code shape} from {@code shape.size()} values; they are limited to [0, 1] and rounded to
     * 8 bits, NaN becomes 0.
     */
    public static Raster read(float[] values, int offset, InputShape shape) {
        int pixels = shape.pixels();
        byte[] samples = new byte[shape.size()];
        for (int plane = 0; plane < shape.channels(); plane++) {
            int in = offset + plane * pixels;
            for (int i = 0, out = plane; i < pixels; i++, out += shape.channels()) {
                samples[out] = sample(values[in + i]);
            }
        }
        return new Raster(shape.width(), shape.height(), shape.channels(), samples);
    }

    /** Every source row is resampled to the target's width once and added to the target rows it has a share in. */
    private static void resize(Raster raster, InputShape shape, int planes, float[] target, int offset) {
        Axis across = Axis.of(raster.width(), shape.width());
        Axis down = Axis.of(raster.height(), shape.height());
        float[] row = new float[raster.width()];
        float[] resized = new float[shape.width()];
        for (int plane = 0; plane < planes; plane++) {
            int base = offset + plane * shape.pixels();
            Arrays.fill(target, base, base + shape.pixels(), 0f);
            int firstOpen = 0;
            for (int y = 0; y < raster.height(); y++) {
                readRow(raster, planes, plane, y * raster.width(), raster.width(), row, 0);
                across.resample(row, resized);
                while (firstOpen < shape.height() && down.end(firstOpen) <= y) {
                    firstOpen++;
                }
                for (int to = firstOpen; to < shape.height() && down.start(to) <= y; to++) {
                    float weight = down.weight(to, y);
                    int at = base + to * shape.width();
                    for (int x = 0; x < resized.length; x++) {
                        target[at + x] += weight * resized[x];
                    }
                }
            }
            for (int i = base; i < base + shape.pixels(); i++) {
                target[i] = Math.min(1f, target[i]); // the weights add up to one within rounding
            }
        }
    }

    /** Reads pixels of one plane; the only plane of a colour raster is its luma. */
    private static void readRow(
            Raster raster, int planes, int plane, int firstPixel, int pixels, float[] target, int offset) {
        byte[] samples = raster.samples();
        int channels = raster.channels();
        int in = firstPixel * channels;
        if (channels == planes) {
            for (int i = 0, at = in + plane; i < pixels; i++, at += channels) {
                target[offset + i] = UNIT[samples[at] & 0xFF];
            }
        } else {
            for (int i = 0, at = in; i < pixels; i++, at += channels) {
                target[offset + i] = LUMA_RED * (samples[at] & 0xFF)
                        + LUMA_GREEN * (samples[at + 1] & 0xFF)
                        + LUMA_BLUE * (samples[at + 2] & 0xFF);
            }
        }
    }

    /** Which source pixels make up each target pixel along one axis, and with what weights; the weights add up to one. */
    private static final class Axis {
        private final int[] start;
        private final float[][] weights;

        private Axis(int size) {
            this.start = new int[size];
            this.weights = new float[size][];
        }

        static Axis of(int from, int to) {
            Axis axis = new Axis(to);
            for (int i = 0; i < to; i++) {
                if (from >= to) {
                    axis.average(i, from, to);
                } else {
                    axis.interpolate(i, from, to);
                }
            }
            return axis;
        }

        /** In units of 1/to source pixels, the target pixel covers [i·from, (i+1)·from), source pixel y [y·to, (y+1)·to). */
        private void average(int i, int from, int to) {
            long low = (long) i * from;
            long high = low + from;
            int first = (int) (low / to);
            int last = (int) ((high - 1) / to);
            float[] shares = new float[last - first + 1];
            for (int y = first; y <= last; y++) {
                long covered = Math.min(high, (y + 1L) * to) - Math.max(low, (long) y * to);
                shares[y - first] = (float) ((double) covered / from);
            }
            start[i] = first;
            weights[i] = shares;
        }

        private void interpolate(int i, int from, int to) {
            double centre = (i + 0.5) * from / to - 0.5;
            double clamped = Math.max(0, Math.min(from - 1, centre));
            int first = (int) clamped;
            float share = (float) (clamped - first);
            start[i] = first;
            weights[i] = share == 0f ? new float[] {1f} : new float[] {1f - share, share};
        }

        int start(int to) {
            return start[to];
        }

        int end(int to) {
            return start[to] + weights[to].length;
        }

        float weight(int to, int from) {
            return weights[to][from - start[to]];
        }

        void resample(float[] source, float[] target) {
            for (int i = 0; i < target.length; i++) {
                double sum = 0; // shrinking from 65,535 adds up thousands of shares
                float[] shares = weights[i];
                for (int j = 0, at = start[i]; j < shares.length; j++, at++) {
                    sum += shares[j] * source[at];
                }
                target[i] = (float) sum;
            }
        }
    }
}
