package io.afterimage.cli;

import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads one of several things by its label. */
abstract class LabelConverter<T> implements ITypeConverter<T> {
    private final String kind;
    private final List<T> all;
    private final Function<T, String> label;

    /** @param kind what the things are, for an error message */
    LabelConverter(String kind, List<T> all, Function<T, String> label) {
        this.kind = kind;
        this.all = all;
        this.label = label;
    }

    @Override
    public T convert(String name) {
        for (T each : all) {
            if (label.apply(each).equals(name)) {
                return each;
            }
        }
        throw new TypeConversionException("there is no %s '%s'; there are %s"
                .formatted(kind, name, String.join(", ", all.stream().map(label).toList())));
    }
}
