package io.afterimage.wire;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/**
 * Which version of a model scores along without a say: the value under {@code challenger/<name>} on the models topic. While
 * there is none the key has no value.
 *
 * @param version twelve hex digits
 * @param reason why it is tried out, for people
 * @param at since when, RFC 3339
 */
public record ChallengerPointer(String version, String reason, String at) {
    private static final Pattern VERSION = Pattern.compile("[0-9a-f]{12}");

    /** @throws IllegalArgumentException for what is not a version, a reason that is too long, a time that is none */
    public ChallengerPointer {
        if (!VERSION.matcher(version).matches()) {
            throw new IllegalArgumentException("a version has twelve hex digits");
        }
        if (reason.length() > ModelEvent.MAX_REASON) {
            throw new IllegalArgumentException("a reason has at most " + ModelEvent.MAX_REASON + " characters");
        }
        try {
            Instant.parse(at);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("'at' is not a time as in RFC 3339", e);
        }
    }

    /** A pointer of now; a reason that is too long is cut. */
    public static ChallengerPointer of(String version, String reason, Instant at) {
        return new ChallengerPointer(version, ModelEvent.cut(reason), at.toString());
    }
}
