package io.afterimage.model;

import java.util.Locale;

/** What a model is for. */
public enum Task {
    /** Restores what is normal; what it cannot restore is an anomaly. The only task that gives verdicts. */
    RECONSTRUCT,
    /** Takes noise off a picture. */
    DENOISE,
    /** Makes a picture of twice the height and width. */
    SUPER_RESOLVE,
    /** Makes new pictures from latent vectors. */
    GENERATE;

    /** The name used on the command line and in manifests, e.g. {@code super-resolve}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
