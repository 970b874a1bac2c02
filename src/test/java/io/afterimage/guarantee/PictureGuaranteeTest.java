package io.afterimage.guarantee;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The guarantee of pictures notices what breaks it. */
class PictureGuaranteeTest {
    private static final byte[] ONE = {1};
    private static final byte[] OTHER = {2};

    private final PictureGuarantee guarantee = new PictureGuarantee(id -> id.substring(0, 1));

    @BeforeEach
    void read() {
        guarantee.read("a1", ONE);
        guarantee.read("a2", ONE);
        guarantee.read("b1", OTHER);
    }

    @Test
    void isContentWithEachOnce() {
        assertThatCode(() -> guarantee.verify(List.of("a1", "a2", "b1"))).doesNotThrowAnyException();
    }

    @Test
    void missesALostOne() {
        assertThatThrownBy(() -> guarantee.verify(List.of("a1", "a2", "b1", "b2")))
                .hasMessageContaining("lost");
    }

    @Test
    void findsOneThatNobodyWanted() {
        assertThatThrownBy(() -> guarantee.verify(List.of("a1", "a2"))).hasMessageContaining("not asked for");
    }

    @Test
    void findsADuplicate() {
        guarantee.read("a1", ONE);
        assertThatThrownBy(() -> guarantee.verify(List.of("a1", "a2", "b1"))).hasMessageContaining("duplicated");
    }

    @Test
    void findsADifference() {
        guarantee.read("b2", ONE);
        assertThatThrownBy(() -> guarantee.verify(List.of("a1", "a2", "b1", "b2")))
                .hasMessageContaining("different");
    }
}
