package io.afterimage.demo;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.ImageSet;
import io.afterimage.image.LabelledImage;
import io.afterimage.image.PngEncoder;
import io.afterimage.image.Raster;
import java.util.Iterator;
import java.util.random.RandomGenerator;

/**
 * The images of the demo, without end: handwritten digits, and among them now and then one that is not, or not whole.
 * They take turns on a few streams. The same seed gives the same images. For one thread.
 */
public final class Feed {
    static final int STREAMS = 4;
    /** Share of images that do not belong. */
    static final double FOREIGN_SHARE = 0.05;

    private static final GroundTruth[] FOREIGN = {
        GroundTruth.FASHION, GroundTruth.NOISY, GroundTruth.TORN, GroundTruth.OCCLUDED
    };

    private final Repeated digits;
    private final Repeated fashion;
    private final RandomGenerator random;
    private final Damage damage;
    private final ImageDecoder decoder;
    private final PngEncoder encoder = new PngEncoder();
    private long count;

    /**
     * @param digits what is normal
     * @param fashion what is foreign altogether
     */
    public Feed(ImageSet digits, ImageSet fashion, ImageDecoder decoder, RandomGenerator random) {
        this.digits = new Repeated(digits);
        this.fashion = new Repeated(fashion);
        this.decoder = decoder;
        this.random = random;
        this.damage = new Damage(random);
    }

    /**
     * One image on its way.
     *
     * @param id unique within the feed
     * @param encoded a PNG
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Picture(String stream, String id, GroundTruth truth, byte[] encoded) {}

    /** The next image: mostly a whole digit. */
    public Picture next() throws ImageRejectedException {
        return next(random.nextDouble() < FOREIGN_SHARE ? FOREIGN[random.nextInt(FOREIGN.length)] : GroundTruth.DIGIT);
    }

    /** The next image, of this kind. */
    public Picture next(GroundTruth truth) throws ImageRejectedException {
        byte[] encoded = switch (truth) {
            case DIGIT -> digits.next().encoded();
            case INVERTED -> encoder.encode(Damage.inverted(digit()));
            case FASHION -> fashion.next().encoded();
            case NOISY -> encoder.encode(damage.noisy(digit()));
            case TORN -> encoder.encode(damage.torn(digit()));
            case OCCLUDED -> encoder.encode(damage.occluded(digit()));
        };
        String stream = "camera-" + (count % STREAMS + 1);
        return new Picture(stream, "%s-%06d".formatted(stream, count++), truth, encoded);
    }

    private Raster digit() throws ImageRejectedException {
        return digits.next().raster(decoder);
    }

    /** A set from the beginning again whenever it ends. */
    private static final class Repeated {
        private final ImageSet set;
        private Iterator<LabelledImage> images;

        Repeated(ImageSet set) {
            this.set = set;
            this.images = set.iterator();
        }

        LabelledImage next() {
            if (!images.hasNext()) {
                images = set.iterator();
            }
            return images.next();
        }
    }
}
