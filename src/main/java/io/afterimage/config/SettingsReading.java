package io.afterimage.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One pass over given texts: unknown keys are mistakes, a value that is not allowed is a mistake and gives the default. */
final class SettingsReading {
    private final Map<String, String> values;
    private final Mistakes mistakes;

    SettingsReading(List<Setting<?>> known, Map<String, String> values, Mistakes mistakes) {
        this.values = values;
        this.mistakes = mistakes;
        List<String> names = known.stream().map(Setting::property).toList();
        for (String name : new TreeMap<>(values).keySet()) {
            if (!names.contains(name)) {
                mistakes.add(name + " is not a setting" + NearestName.hint(name, names));
            }
        }
    }

    <T> T value(Setting<T> setting) {
        String text = values.getOrDefault(setting.property(), setting.defaultText());
        try {
            return setting.parse(text);
        } catch (IllegalArgumentException e) {
            mistakes.add(
                    "%s: '%s' is not allowed, it must be %s".formatted(setting.property(), text, setting.allowed()));
            return setting.parse(setting.defaultText());
        }
    }
}
