package io.afterimage.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds the name someone probably meant, by edit distance (Levenshtein 1966). */
final class NearestName {
    private NearestName() {}

    /** {@code " (did you mean x?)"} when a known name is near, otherwise nothing. */
    static String hint(String name, Collection<String> known) {
        int limit = Math.max(2, name.length() / 6);
        return known.stream()
                .min(Comparator.<String>comparingInt(candidate -> distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(nearest -> distance(name, nearest) <= limit)
                .map(nearest -> " (did you mean " + nearest + "?)")
                .orElse("");
    }

    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
