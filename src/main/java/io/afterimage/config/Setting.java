package io.afterimage.config;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * One key of the service's own configuration.
 *
 * @param key lower case with dots, without prefix: {@code batch.size}
 * @param defaultText the default as one would write it, parsed like any other value
 * @param allowed what a value may be, for people: {@code 1..1024}
 * @param meaning what the setting does, one sentence without the full stop
 * @param parser text to value; throws {@link IllegalArgumentException} for anything that is not allowed
 */
public record Setting<T>(
        String key, String defaultText, String allowed, String meaning, Function<String, ? extends T> parser) {
    static final String PROPERTY_PREFIX = "afterimage.";
    static final String VARIABLE_PREFIX = "AFTERIMAGE_";

    /** The key in a properties file and among flags: {@code afterimage.batch.size}. */
    public String property() {
        return PROPERTY_PREFIX + key;
    }

    /** The environment variable: {@code AFTERIMAGE_BATCH_SIZE}. */
    public String variable() {
        return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** Settings as a Markdown table, as the README shows them. */
    static String markdownTable(List<Setting<?>> settings) {
        var table = new StringBuilder(
                "| key | environment variable | default | allowed | meaning |\n|---|---|---|---|---|\n");
        for (Setting<?> setting : settings) {
            String defaultText = setting.defaultText().isEmpty() ? "" : "`" + setting.defaultText() + "`";
            table.append("| `%s` | `%s` | %s | %s | %s |\n"
                    .formatted(
                            setting.property(), setting.variable(), defaultText, setting.allowed(), setting.meaning()));
        }
        return table.toString();
    }

    T parse(String text) {
        return parser.apply(text.strip());
    }
}
