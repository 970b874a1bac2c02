package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What is promised of pictures: each that is wanted is there once, no other is, and those of the same thing are the same, byte for
 * byte. Is told every picture that is wanted and every one that was read, and then asserted.
 */
final class PictureGuarantee {
    private final Function<String, String> thing;
    private final Set<String> read = new HashSet<>();
    private final Map<String, Integer> files = new HashMap<>();
    private int duplicated;
    private final Set<String> unequal = new LinkedHashSet<>();

    /** @param thing what is on the picture of that id: two of the same thing must be equal */
    PictureGuarantee(Function<String, String> thing) {
        this.thing = thing;
    }

    void read(String id, byte[] file) {
        if (!read.add(id)) {
            duplicated++;
        }
        int hash = Arrays.hashCode(file);
        Integer before = files.putIfAbsent(thing.apply(id), hash);
        if (before != null && before != hash) {
            unequal.add(thing.apply(id));
        }
    }

    int pictures() {
        return read.size();
    }

    void verify(Collection<String> wanted) {
        Set<String> lost = new HashSet<>(wanted);
        lost.removeAll(read);
        Set<String> foreign = new HashSet<>(read);
        foreign.removeAll(new HashSet<>(wanted));
        assertThat(lost).as("lost").isEmpty();
        assertThat(foreign).as("not asked for").isEmpty();
        assertThat(duplicated).as("duplicated").isZero();
        assertThat(unequal).as("different pictures of the same thing").isEmpty();
    }
}
