package io.afterimage.train;

/** How often to go through images: few images again and again, many only until enough were seen. */
final class Rounds {
    static final int MOST = 30;

    private Rounds() {}

    /**
     * Rounds through {@code images} until so many were seen.
     *
     * @param enough those seen again included
     * @return within 1..{@value #MOST}
     */
    static int of(int enough, int images) {
        return Math.max(1, Math.min(MOST, (enough + images - 1) / images));
    }
}
