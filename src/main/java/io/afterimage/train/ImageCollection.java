package io.afterimage.train;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.ImageSet;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.LabelledImage;
import io.afterimage.image.Raster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Images of a set as a network takes them. Labels are not read. When the set is larger than the limit, a uniform random sample
 * is kept (reservoir sampling: Vitter, "Random Sampling with a Reservoir", ACM TOMS 1985).
 *
 * @param images each {@code shape.size()} values in [0, 1]
 * @param seen images that could be read
 * @param rejected images that could not be read
 */
public record ImageCollection(InputShape shape, List<float[]> images, int seen, int rejected) {
    private static final int LOOKED_AT = 200;
    private static final int MOST_CHOSEN_SIDE = 256;

    public ImageCollection {
        images = List.copyOf(images);
    }

    /** Reads the set, at most {@code limit} images of it. */
    public static ImageCollection read(
            ImageSet set, ImageDecoder decoder, InputShape shape, int limit, SplittableRandom random) {
        List<float[]> kept = new ArrayList<>();
        int seen = 0;
        int rejected = 0;
        for (LabelledImage image : set) {
            try {
                Raster raster = image.raster(decoder);
                seen++;
                int place = kept.size() < limit ? kept.size() : random.nextInt(seen);
                if (place < limit) {
                    float[] values = new float[shape.size()];
                    InputTensor.write(raster, shape, values, 0);
                    if (place == kept.size()) {
                        kept.add(values);
                    } else {
                        kept.set(place, values);
                    }
                }
            } catch (ImageRejectedException e) {
                rejected++;
            }
        }
        return new ImageCollection(shape, kept, seen, rejected);
    }

    /**
     * The shape that suits a set, from its first {@value #LOOKED_AT} readable images: colour when any has colour, the median
     * height and width, scaled down to sides of at most {@value #MOST_CHOSEN_SIDE}.
     *
     * @throws IllegalArgumentException when none can be read
     */
    public static InputShape suitableShape(ImageSet set, ImageDecoder decoder) {
        List<Integer> heights = new ArrayList<>();
        List<Integer> widths = new ArrayList<>();
        int channels = 1;
        for (LabelledImage image : set) {
            try {
                Raster raster = image.raster(decoder);
                heights.add(raster.height());
                widths.add(raster.width());
                channels = Math.max(channels, raster.channels());
            } catch (ImageRejectedException e) {
                continue; // counted when the set is read
            }
            if (heights.size() == LOOKED_AT) {
                break;
            }
        }
        if (heights.isEmpty()) {
            throw new IllegalArgumentException("none of the first images of " + set.name() + " can be read");
        }
        int height = median(heights);
        int width = median(widths);
        double scale = Math.min(1, (double) MOST_CHOSEN_SIDE / Math.max(height, width));
        return new InputShape(channels, side(height * scale), side(width * scale));
    }

    private static int side(double length) {
        return Math.max(InputShape.MIN_SIDE, (int) Math.round(length));
    }

    private static int median(List<Integer> lengths) {
        lengths.sort(Comparator.naturalOrder());
        return lengths.get(lengths.size() / 2);
    }
}
