package io.afterimage.retrain;

/** A closed interval of a figure. */
record Interval(double low, double high) {
    boolean contains(double value) {
        return low <= value && value <= high;
    }
}
