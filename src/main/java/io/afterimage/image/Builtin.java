package io.afterimage.image;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The sets that are shipped; {@code images/NOTICE.txt} says where they come from. */
enum Builtin {
    /** Handwritten digits, 28×28 grey, in random order. */
    DIGITS("digits", "digits", 0, 10_000),
    /** What the shipped model may learn from. */
    DIGITS_TRAIN("digits-train", "digits", 0, 8_000),
    /** Never seen by the shipped model: for measuring it. */
    DIGITS_TEST("digits-test", "digits", 8_000, 2_000),
    /** Items of clothing, 28×28 grey, in random order: the foreign images of the demo. */
    FASHION("fashion", "fashion", 0, 4_000);

    static final String PREFIX = "builtin:";
    static final String KINDS = "builtin:digits, builtin:digits-train, builtin:digits-test or builtin:fashion";

    private final String name;
    private final String resource;
    private final int from;
    private final int count;

    Builtin(String name, String resource, int from, int count) {
        this.name = name;
        this.resource = resource;
        this.from = from;
        this.count = count;
    }

    static ImageSet open(String specification, ImageLimits limits) throws ImageSetException {
        Builtin set = Arrays.stream(values())
                .filter(builtin -> specification.equals(PREFIX + builtin.name))
                .findFirst()
                .orElseThrow(() -> new ImageSetException("there is no '%s'. Shipped are %s."
                        .formatted(
                                specification,
                                Arrays.stream(values())
                                        .map(b -> PREFIX + b.name)
                                        .collect(Collectors.joining(", ")))));
        try {
            return IdxImages.resource(specification, set.resource, set.from, set.count, limits);
        } catch (IOException e) {
            throw new ImageSetException("the shipped images are damaged: " + e.getMessage(), e);
        }
    }
}
