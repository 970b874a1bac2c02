package io.afterimage.retrain;

import java.util.Locale;

/** Kinds of defects that are made from normal images to measure a model with; {@link SyntheticDefects} makes them. */
public enum Defect {
    /** Gaussian grain over the whole picture; its deviation is drawn for each image from 0.05 to 0.3, evenly in its logarithm. */
    NOISE,
    /** A rectangle of one random colour; its sides are an eighth to a third of the picture's. */
    OCCLUSION,
    /**
     * A straight line, a third to two thirds of the shorter side long and a 28th of it wide (one pixel at least), lighter or
     * darker than what it crosses by 0.4 to 0.9.
     */
    SCRATCH,
    /** A rectangle of another image, rolled and flipped at random; its sides are a quarter to a half of the picture's. */
    FOREIGN;

    /** Lower case, as in the names of figures. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
