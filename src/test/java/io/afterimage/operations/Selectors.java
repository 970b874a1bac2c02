package io.afterimage.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The vector selectors of a PromQL expression. */
final class Selectors {
    /** Operators, and the aggregations that may be followed by a word instead of a parenthesis. */
    private static final Set<String> WORDS = Set.of(
            "and",
            "or",
            "unless",
            "bool",
            "offset",
            "sum",
            "avg",
            "min",
            "max",
            "count",
            "group",
            "topk",
            "bottomk",
            "quantile",
            "stddev",
            "stdvar",
            "count_values");

    private static final Set<String> LABEL_LISTS =
            Set.of("by", "without", "on", "ignoring", "group_left", "group_right");

    /** In this order: a comment, a string, a range, a number, a variable, a name with what follows it. */
    private static final Pattern TOKEN = Pattern.compile("#[^\n]*"
            + "|\"(?:[^\"\\\\]|\\\\.)*\""
            + "|\\[[^\\]]*\\]"
            + "|\\b\\d[\\w.]*|\\$\\w+"
            + "|(?<name>[a-zA-Z_:][\\w:]*)\\s*(?<next>\\(|\\{(?:[^}\"]|\"(?:[^\"\\\\]|\\\\.)*\")*\\})?");

    private Selectors() {}

    /** A metric and its matchers, as written. */
    record Selector(String metric, String matchers) {
        @Override
        public String toString() {
            return metric + matchers;
        }
    }

    static List<Selector> in(String expression) {
        List<Selector> found = new ArrayList<>();
        Matcher token = TOKEN.matcher(expression);
        int from = 0;
        while (token.find(from)) {
            from = token.end();
            String name = token.group("name");
            if (name == null) {
                continue;
            }
            String next = token.group("next") == null ? "" : token.group("next");
            if (LABEL_LISTS.contains(name) && next.equals("(")) {
                from = expression.indexOf(')', from) + 1;
            } else if (!next.equals("(") && !WORDS.contains(name) && !LABEL_LISTS.contains(name)) {
                found.add(new Selector(name, next));
            }
        }
        return found;
    }
}
