package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopSignalTest {
    private final List<Integer> halted = new ArrayList<>();
    private final StopSignal stop = new StopSignal(halted::add);

    @Test
    void tellsWhoeverAskedBeforeAndAfter() throws Exception {
        List<String> told = new ArrayList<>();
        stop.onRequest(() -> told.add("before"));
        assertThat(stop.requested()).isFalse();

        stop.request();
        stop.await();
        stop.onRequest(() -> told.add("after"));

        assertThat(stop.requested()).isTrue();
        assertThat(told).containsExactly("before", "after");
    }

    @Test
    void leavesTheEndOfTheProcessAloneWithoutASignal() {
        stop.arm();

        stop.finished(1);

        assertThat(stop.requested()).isFalse();
        assertThat(halted).isEmpty();
    }
}
