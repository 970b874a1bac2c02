package io.afterimage.stream;

import io.afterimage.image.ImageSet;
import io.afterimage.image.LabelledImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The first images of a shipped set: digits-test are normal to the shipped model, fashion is not. */
public final class ShippedImages {
    public static final String DIGITS = "builtin:digits-test";
    public static final String FASHION = "builtin:fashion";

    private ShippedImages() {}

    public static List<LabelledImage> first(int count, String set) {
        List<LabelledImage> images = new ArrayList<>(count);
        try (ImageSet all = ImageSet.open(set)) {
            for (LabelledImage image : all) {
                if (images.size() == count) {
                    break;
                }
                images.add(image);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return images;
    }

    /** As PNG. */
    public static List<byte[]> pngs(int count, String set) {
        return first(count, set).stream().map(LabelledImage::encoded).toList();
    }
}
