package io.afterimage.evaluate;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageLimits;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.ImageSet;
import io.afterimage.image.ImageSetException;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.LabelledImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Images of a set as a network takes them, by label.
 *
 * @param name of the set
 * @param shape of every image
 * @param byLabel images of each label in the order of the set, each {@code shape.size()} values in [0, 1]
 */
public record LabelledImages(String name, InputShape shape, SortedMap<String, List<float[]>> byLabel) {

    /**
     * Reads a whole set.
     *
     * @throws ImageSetException when there is no such set, an image cannot be read, or one has no label
     */
    public static LabelledImages read(String specification, InputShape shape) throws ImageSetException {
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        SortedMap<String, List<float[]>> byLabel = new TreeMap<>();
        try (ImageSet set = ImageSet.open(specification)) {
            for (LabelledImage image : set) {
                String label = image.label();
                if (label == null) {
                    throw new ImageSetException(
                            "%s of %s has no label; labels are the names of sub-folders, or an idx file of labels beside the images"
                                    .formatted(image.name(), specification));
                }
                float[] values = new float[shape.size()];
                InputTensor.write(image.raster(decoder), shape, values, 0);
                byLabel.computeIfAbsent(label, any -> new ArrayList<>()).add(values);
            }
            return new LabelledImages(set.name(), shape, byLabel);
        } catch (ImageRejectedException e) {
            throw new ImageSetException(
                    "an image of %s cannot be read: %s".formatted(specification, e.getMessage()), e);
        }
    }

    /** Images of one label; none when there are none. */
    List<float[]> of(String label) {
        return byLabel.getOrDefault(label, List.of());
    }

    /** Images of some labels, one label after the other. */
    List<float[]> of(Set<String> labels) {
        return byLabel.entrySet().stream()
                .filter(entry -> labels.contains(entry.getKey()))
                .flatMap(entry -> entry.getValue().stream())
                .toList();
    }

    /** The first image of each label, of so many labels at most. */
    List<float[]> firstOfEach(int most) {
        return byLabel.values().stream()
                .filter(images -> !images.isEmpty())
                .limit(most)
                .map(images -> images.get(0))
                .toList();
    }

    /** Images of all other labels. */
    List<float[]> exceptOf(String label) {
        Predicate<Map.Entry<String, List<float[]>>> other =
                entry -> !entry.getKey().equals(label);
        return byLabel.entrySet().stream()
                .filter(other)
                .flatMap(entry -> entry.getValue().stream())
                .toList();
    }
}
