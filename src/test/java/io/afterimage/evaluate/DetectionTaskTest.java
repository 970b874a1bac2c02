package io.afterimage.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DetectionTaskTest {
    private static final Set<String> LABELS = Set.of("cat", "cow", "dog");

    @Test
    void oneLabelAgainstTheOthers() {
        assertThat(DetectionTask.oneClass(List.of("dog", "cat"), LABELS))
                .containsExactly(
                        new DetectionTask("dog", Set.of("dog"), Set.of("cat", "cow")),
                        new DetectionTask("cat", Set.of("cat"), Set.of("dog", "cow")));
    }

    @Test
    void theOthersAgainstOneLabel() {
        assertThat(DetectionTask.leaveOneOut(List.of("cow"), LABELS))
                .containsExactly(new DetectionTask("cow", Set.of("cat", "dog"), Set.of("cow")));
    }

    @Test
    void severalLabelsTogether() {
        assertThat(DetectionTask.normalAgainst(Set.of("dog", "cat"), LABELS))
                .isEqualTo(new DetectionTask("cat,dog", Set.of("cat", "dog"), Set.of("cow")));
    }

    @Test
    void needsBoth() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DetectionTask.normalAgainst(LABELS, LABELS))
                .withMessageContaining("one that is not");
    }
}
