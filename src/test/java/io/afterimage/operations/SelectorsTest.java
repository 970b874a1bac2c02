package io.afterimage.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SelectorsTest {
    static List<Arguments> expressions() {
        return List.of(
                Arguments.of("up == 0", List.of("up")),
                Arguments.of(
                        "sum by (le, a) (rate(x_bucket{b=\"}c(\", d!~\"e\"}[5m]))",
                        List.of("x_bucket{b=\"}c(\", d!~\"e\"}")),
                Arguments.of("a{} / on (job) group_left (name) b > 1e3", List.of("a{}", "b")),
                Arguments.of("(a[1d:30s] unless on (ns)\n b) or vector(0) # not c", List.of("a", "b")),
                Arguments.of("histogram_quantile(0.95, sum(rate(a[$__rate_interval])) by (le))", List.of("a")),
                Arguments.of("time() - max(a > 0) offset 5m", List.of("a")),
                Arguments.of("a offset $__rate_interval or b", List.of("a", "b")));
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void findsMetricsAndNothingElse(String expression, List<String> selectors) {
        assertThat(Selectors.in(expression)).extracting(Object::toString).isEqualTo(selectors);
    }
}
