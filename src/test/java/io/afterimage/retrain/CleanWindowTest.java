package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ScoringModel;
import io.afterimage.score.Calibration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows of digits the shipped model has never seen, with clothing among them. */
class CleanWindowTest {
    private static final double ALPHA = 0.05;
    private static final double SHARE = 0.05;
    private static final int WINDOWS = 6;

    private static final List<float[]> DIGITS = Shipped.images("builtin:digits-test", 2_000);
    private static final List<float[]> CLOTHING = Shipped.images("builtin:fashion", 100);
    private static final IdentityHashMap<float[], Double> SCORES = new IdentityHashMap<>();
    private static ScoringModel model;

    @BeforeAll
    static void load() throws Exception {
        model = ScoringModel.load(ModelArtifact.builtin());
        double[] scores = Batches.scores(model, DIGITS);
        for (int i = 0; i < scores.length; i++) {
            SCORES.put(DIGITS.get(i), scores[i]);
        }
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.01, 0.05})
    void theRealisedAlarmRateIsTheOneAskedFor(double contamination) {
        double rate = meanRate(
                contamination,
                window -> CleanWindow.byModel(window, model, ALPHA, SHARE)
                        .parts()
                        .learning()
                        .calibration());

        assertThat(rate).isCloseTo(ALPHA, withinPercentage(30));
    }

    /** The broken twin: a calibration sample that loses a fixed share, as the training part does. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.01})
    void aCalibrationSampleTrimmedByAFixedShareIsFoundOut(double contamination) {
        double rate = meanRate(contamination, window -> {
            List<float[]> calibration = window.learning().calibration();
            return Trimming.without(
                    calibration, Batches.scores(model, calibration), (int) (SHARE * calibration.size()));
        });

        assertThat(rate).isNotCloseTo(ALPHA, withinPercentage(30)).isGreaterThan(ALPHA);
    }

    /** The other twin: anomalies that stay in the sample hide those to come. */
    @Test
    void anUntrimmedCalibrationSampleIsFoundOut() {
        double rate = meanRate(0.05, window -> window.learning().calibration());

        assertThat(rate).isNotCloseTo(ALPHA, withinPercentage(30)).isLessThan(ALPHA);
    }

    @Test
    void anomaliesAreTakenOutOfAllParts() {
        WindowParts window = window(0.05);
        CleanWindow clean = CleanWindow.byModel(window, model, ALPHA, SHARE);

        assertThat(clothing(window.learning().training())).isGreaterThan(20);
        assertThat(clothing(clean.parts().learning().training())).isLessThanOrEqualTo(1);
        // Only what alpha does not explain is taken out there, so that some stay when few normal images alarm.
        assertThat(clothing(clean.parts().learning().calibration()))
                .isLessThanOrEqualTo(clothing(window.learning().calibration()) / 2);
        assertThat(clothing(clean.parts().heldOut())).isLessThanOrEqualTo(clothing(window.heldOut()) / 2);
        Trimming trimming = clean.trimming();
        assertThat(trimming.training())
                .isEqualTo(window.learning().training().size()
                        - clean.parts().learning().training().size());
        assertThat(trimming.share()).isBetween(0.03, 0.08);
    }

    @Test
    void moreThanTheFixedShareIsTakenOutWhenAlarmsSaySo() {
        List<float[]> images = new ArrayList<>(DIGITS.subList(0, 500));
        images.addAll(CLOTHING);
        CleanWindow clean = CleanWindow.byModel(WindowParts.split(Shipped.SHAPE, images, 1), model, 0.01, SHARE);

        assertThat(clean.trimming().training())
                .isGreaterThan((int) (2.5 * SHARE * clean.trimming().trainingImages()));
    }

    @Test
    void excessIsWhatAlphaDoesNotExplain() {
        double[] pValues = {0.01, 0.01, 0.05, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};

        assertThat(Trimming.excess(pValues, 0.1)).isEqualTo(2);
        assertThat(Trimming.excess(pValues, 0.3)).isEqualTo(2);
        assertThat(Trimming.excess(pValues, 0.9)).isEqualTo(1);
        assertThat(Trimming.excess(new double[] {0.3, 0.4, 0.9}, 0.25)).isZero();
    }

    @Test
    void thePartsAreDisjointAndComplete() {
        WindowParts window = window(0);
        Set<float[]> all = Collections.newSetFromMap(new IdentityHashMap<>());
        all.addAll(window.learning().training());
        all.addAll(window.learning().fusion());
        all.addAll(window.learning().calibration());
        all.addAll(window.heldOut());

        assertThat(all).hasSize(1_000);
        assertThat(window.heldOut()).hasSizeBetween(150, 250);
        assertThat(window.learning().calibration()).hasSizeBetween(190, 290);
        assertThat(window(0).heldOut()).isEqualTo(window.heldOut());
    }

    @Test
    void aSmallWindowIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WindowParts.split(Shipped.SHAPE, DIGITS.subList(0, 149), 1))
                .withMessageContaining("150");
    }

    private static WindowParts window(double contamination) {
        List<float[]> images = new ArrayList<>(DIGITS.subList(0, 1_000));
        images.addAll(CLOTHING.subList(0, foreign(contamination)));
        return WindowParts.split(Shipped.SHAPE, images, 1);
    }

    private static long clothing(List<float[]> images) {
        Set<float[]> foreign = Collections.newSetFromMap(new IdentityHashMap<>());
        foreign.addAll(CLOTHING);
        return images.stream().filter(foreign::contains).count();
    }

    /** Of calibration samples from several windows, the mean share of alarms among digits that were not in the window. */
    private static double meanRate(double contamination, Function<WindowParts, List<float[]>> sampling) {
        double sum = 0;
        for (int draw = 0; draw < WINDOWS; draw++) {
            List<float[]> digits = new ArrayList<>(DIGITS);
            Collections.shuffle(digits, new Random(draw));
            List<float[]> images = new ArrayList<>(digits.subList(0, 1_000));
            images.addAll(CLOTHING.subList(0, foreign(contamination)));
            List<float[]> sample = sampling.apply(WindowParts.split(Shipped.SHAPE, images, draw));
            Calibration calibration = new Calibration(Batches.scores(model, sample));
            sum += digits.subList(1_000, 2_000).stream()
                    .mapToDouble(digit -> Objects.requireNonNull(SCORES.get(digit)))
                    .filter(score -> calibration.pValue(score) <= ALPHA)
                    .count();
        }
        return sum / WINDOWS / 1_000;
    }

    private static int foreign(double contamination) {
        return (int) Math.round(1_000 * contamination / (1 - contamination));
    }
}
