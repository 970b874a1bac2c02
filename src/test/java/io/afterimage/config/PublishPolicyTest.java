package io.afterimage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishPolicyTest {
    @ParameterizedTest
    @ValueSource(strings = {"all", "anomalous", "sampled:0.25", "none"})
    void readsWhatItWrites(String text) {
        assertThat(PublishPolicy.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "All", "some", "sampled", "sampled:", "sampled:0", "sampled:1.5", "sampled:NaN"})
    void refusesEverythingElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PublishPolicy.parse(text));
    }

    @Test
    void selectsByVerdict() {
        assertThat(PublishPolicy.parse("all").selects("a", false)).isTrue();
        assertThat(PublishPolicy.parse("none").selects("a", true)).isFalse();
        assertThat(PublishPolicy.parse("anomalous").selects("a", true)).isTrue();
        assertThat(PublishPolicy.parse("anomalous").selects("a", false)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.5, 0.99})
    void samplesTheAskedShareOfCountedIds(double rate) {
        var policy = new PublishPolicy.Sampled(rate);
        int n = 100_000;
        long selected = IntStream.range(0, n)
                .filter(i -> policy.selects("afterimage.images-0-" + i, false))
                .count();
        double fiveSigma = 5 * Math.sqrt(rate * (1 - rate) / n);
        assertThat(selected / (double) n).isCloseTo(rate, within(fiveSigma));
    }

    @Test
    void samplesTheSameImagesWhateverTheVerdict() {
        var policy = new PublishPolicy.Sampled(0.5);
        assertThat(IntStream.range(0, 1000).mapToObj(Integer::toString))
                .allMatch(id -> policy.selects(id, true) == policy.selects(id, false));
        assertThat(IntStream.range(0, 1000).mapToObj(Integer::toString))
                .allMatch(id -> new PublishPolicy.Sampled(1).selects(id, false));
    }
}
