package io.afterimage.config;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** For which images a picture or a vector is published beside the score. */
public sealed interface PublishPolicy {

    /** Whether to publish for this image. The same image gets the same answer on every instance and after a crash. */
    boolean selects(String imageId, boolean anomalous);

    /** Every image. */
    record All() implements PublishPolicy {
        @Override
        public boolean selects(String imageId, boolean anomalous) {
            return true;
        }

        @Override
        public String toString() {
            return "all";
        }
    }

    /** The images whose verdict is anomalous. */
    record Anomalous() implements PublishPolicy {
        @Override
        public boolean selects(String imageId, boolean anomalous) {
            return anomalous;
        }

        @Override
        public String toString() {
            return "anomalous";
        }
    }

    /**
     * A share of all images, whatever their verdict. The choice is a hash of the image id and not a random number, so
     * that work done again after a crash publishes the same pictures as the first time.
     *
     * @param rate expected share, in (0, 1]
     */
    record Sampled(double rate) implements PublishPolicy {
        private static final double HASHES = 0x1p32;

        public Sampled {
            if (!(rate > 0 && rate <= 1)) {
                throw new IllegalArgumentException("the rate must lie in (0, 1], not " + rate);
            }
        }

        @Override
        public boolean selects(String imageId, boolean anomalous) {
            var crc = new CRC32();
            crc.update(imageId.getBytes(StandardCharsets.UTF_8));
            return spread(crc.getValue()) < rate * HASHES;
        }

        /** CRC32 is linear: ids that differ in a counter only would be sampled in runs. Knuth's multiplier breaks them. */
        private static long spread(long hash) {
            long mixed = (hash ^ (hash >>> 16)) * 0x9E3779B1L & 0xFFFFFFFFL;
            return (mixed ^ (mixed >>> 15)) * 0x85EBCA77L & 0xFFFFFFFFL;
        }

        @Override
        public String toString() {
            return "sampled:" + rate;
        }
    }

    /** No image. */
    record None() implements PublishPolicy {
        @Override
        public boolean selects(String imageId, boolean anomalous) {
            return false;
        }

        @Override
        public String toString() {
            return "none";
        }
    }

    /**
     * Reads {@code all}, {@code anomalous}, {@code sampled:<rate>} or {@code none}.
     *
     * @throws IllegalArgumentException for anything else, and for a rate outside (0, 1]
     */
    static PublishPolicy parse(String text) {
        if (text.startsWith("sampled:")) {
            return new Sampled(Double.parseDouble(text.substring("sampled:".length())));
        }
        return switch (text) {
            case "all" -> new All();
            case "anomalous" -> new Anomalous();
            case "none" -> new None();
            default -> throw new IllegalArgumentException("not a publish policy: '" + text + "'");
        };
    }
}
