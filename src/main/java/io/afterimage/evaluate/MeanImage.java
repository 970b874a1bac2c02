package io.afterimage.evaluate;

import java.util.List;

/** The mean of images, value by value: the simplest idea of what is normal. */
final class MeanImage {
    private MeanImage() {}

    /** Of at least one image, all of one length. */
    static double[] of(List<float[]> images) {
        double[] mean = new double[images.get(0).length];
        for (float[] image : images) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += image[i] / images.size();
            }
        }
        return mean;
    }

    /** The same as an image. */
    static float[] asImage(List<float[]> images) {
        double[] exact = of(images);
        float[] mean = new float[exact.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) exact[i];
        }
        return mean;
    }
}
