package io.afterimage.wire;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which version of a model is current: the value under {@code current/<name>} on the models topic, written last in the
 * transaction that makes it true.
 *
 * @param version twelve hex digits
 * @param previous the versions that were current before, newest first, at most {@value #MAX_PREVIOUS}; a rollback goes to the
 *     first, and an instance that cannot use {@code version} takes the first it can
 * @param reason why it is current, for people
 * @param at since when, RFC 3339
 */
public record CurrentPointer(String version, List<String> previous, String reason, String at) {
    public static final int MAX_PREVIOUS = 20;

    private static final Pattern VERSION = Pattern.compile("[0-9a-f]{12}");

    /** @throws IllegalArgumentException for what is not a version, a list or reason that is too long, a time that is none */
    public CurrentPointer {
        previous = List.copyOf(previous);
        if (previous.size() > MAX_PREVIOUS) {
            throw new IllegalArgumentException("at most " + MAX_PREVIOUS + " previous versions are kept");
        }
        var distinct = new HashSet<>(previous);
        if (!distinct.add(version) || distinct.size() != previous.size() + 1) {
            throw new IllegalArgumentException("a version is named twice");
        }
        if (!distinct.stream().allMatch(each -> VERSION.matcher(each).matches())) {
            throw new IllegalArgumentException("a version has twelve hex digits");
        }
        if (reason.length() > ModelEvent.MAX_REASON) {
            throw new IllegalArgumentException("a reason has at most " + ModelEvent.MAX_REASON + " characters");
        }
        if (!isTime(at)) {
            throw new IllegalArgumentException("'at' is not a time as in RFC 3339");
        }
    }

    /** A pointer of now; a reason that is too long is cut. */
    public static CurrentPointer of(String version, List<String> previous, String reason, Instant at) {
        return new CurrentPointer(version, previous, ModelEvent.cut(reason), at.toString());
    }

    private static boolean isTime(String text) {
        try {
            Instant.parse(text);
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
