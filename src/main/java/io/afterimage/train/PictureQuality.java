package io.afterimage.train;

import io.afterimage.image.InputShape;
import io.afterimage.model.PictureModel;
import io.afterimage.score.PictureSimilarity;
import java.util.ArrayList;
import java.util.List;

/**
 * How close pictures come to what they should be.
 *
 * @param psnr mean over the pictures, dB
 * @param ssim mean over the pictures
 */
public record PictureQuality(double psnr, double ssim) {
    private static final int BATCH = 64;
    /** Equal to this many dB when rounded to 8 bits; keeps a mean finite. */
    private static final double MOST = 99;

    /** Of pictures against those they should be. */
    public static PictureQuality of(List<float[]> pictures, List<float[]> truth, InputShape shape) {
        double psnr = 0;
        double ssim = 0;
        for (int i = 0; i < truth.size(); i++) {
            psnr += Math.min(MOST, PictureSimilarity.psnr(pictures.get(i), truth.get(i))) / truth.size();
            ssim += PictureSimilarity.ssim(pictures.get(i), truth.get(i), shape) / truth.size();
        }
        return new PictureQuality(psnr, ssim);
    }

    static PictureQuality ofDenoising(
            PictureModel model, InputShape shape, List<float[]> truth, Noise noise, long seed) {
        List<float[]> noisy = new ArrayList<>();
        for (int i = 0; i < truth.size(); i++) {
            noisy.add(noise.of(truth.get(i), shape, seed + i));
        }
        return of(applied(model, noisy, shape.height(), shape.width()), truth, shape);
    }

    static PictureQuality ofEnlarging(PictureModel model, InputShape shape, List<float[]> images) {
        InputShape even = new InputShape(shape.channels(), shape.height() / 2 * 2, shape.width() / 2 * 2);
        List<float[]> truth =
                images.stream().map(image -> Halving.even(image, shape)).toList();
        List<float[]> small =
                truth.stream().map(image -> Halving.of(image, even)).toList();
        return of(applied(model, small, even.height() / 2, even.width() / 2), truth, even);
    }

    /** What a model makes of pictures of one size. */
    public static List<float[]> applied(PictureModel model, List<float[]> pictures, int height, int width) {
        List<float[]> made = new ArrayList<>();
        for (int from = 0; from < pictures.size(); from += BATCH) {
            List<float[]> batch = pictures.subList(from, Math.min(from + BATCH, pictures.size()));
            float[] all = model.apply(ImageBatch.join(batch), batch.size(), height, width);
            made.addAll(ImageBatch.split(all, batch.size()));
        }
        return made;
    }
}
