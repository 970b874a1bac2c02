package io.afterimage.config;

import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Text to values, within bounds. Every parser throws {@link IllegalArgumentException} for what it does not allow. */
final class Parse {
    private static final Pattern AMOUNT_AND_UNIT = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");

    private Parse() {}

    static Function<String, Integer> integer(int least, int most) {
        return text -> {
            int value = Integer.parseInt(text);
            require(value >= least && value <= most);
            return value;
        };
    }

    static Function<String, Double> openInterval(double below, double above) {
        return text -> {
            double value = Double.parseDouble(text);
            require(value > below && value < above);
            return value;
        };
    }

    static Function<String, String> matching(String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return text -> {
            require(compiled.matcher(text).matches());
            return text;
        };
    }

    /** {@code 500ms}, {@code 30s}, {@code 2m}, {@code 1h} or ISO 8601: {@code PT30S}. */
    static Function<String, Duration> duration(Duration least, Duration most) {
        return text -> {
            Duration value = duration(text);
            require(value.compareTo(least) >= 0 && value.compareTo(most) <= 0);
            return value;
        };
    }

    private static Duration duration(String text) {
        var parts = AMOUNT_AND_UNIT.matcher(text);
        if (!parts.matches()) {
            try {
                return Duration.parse(text);
            } catch (java.time.format.DateTimeParseException e) {
                throw new IllegalArgumentException("not a duration", e);
            }
        }
        long amount = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static void require(boolean allowed) {
        if (!allowed) {
            throw new IllegalArgumentException("not allowed");
        }
    }
}
