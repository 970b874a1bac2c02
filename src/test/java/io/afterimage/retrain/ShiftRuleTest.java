package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.model.Analysis;
import io.afterimage.retrain.ShiftJudgement.Outcome;
import io.afterimage.retrain.ShiftRule.Mode;
import io.afterimage.retrain.ShiftRule.Parameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the rule says of real digits, by the verdicts of the shipped model. An image every 50 ms. */
class ShiftRuleTest {
    private static final double ALPHA = 0.01;
    private static final int BLOCK = 400;
    private static final long EVERY = 50;
    private static final List<float[]> NORMAL = ShiftedDigits.images("builtin:digits-test", 0, 400);
    private static final List<float[]> LATER = ShiftedDigits.images("builtin:digits-test", 400, 1_600);
    private static final List<float[]> CLOTHES = ShiftedDigits.images("builtin:fashion", 0, 1_600);

    private final List<float[]> shifted = new ArrayList<>();
    private long clock;

    static Stream<Arguments> newNormals() {
        return Stream.of(
                Arguments.of("inverted", ShiftedDigits.inverted()),
                Arguments.of("inverted in haze", ShiftedDigits.shade(0.8f, -0.6f)),
                Arguments.of("over-exposed", ShiftedDigits.shade(0.3f, 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("newNormals")
    void aNewNormalIsLearnedWhenItHasStayed(String name, UnaryOperator<float[]> change) {
        List<float[]> stream = LATER.stream().map(change).toList();
        ShiftRule rule = new ShiftRule(parameters(Mode.AUTOMATIC), ALPHA);
        show(rule, NORMAL);
        assertThat(judge(rule, false).outcome()).isEqualTo(Outcome.BURST);

        show(rule, stream.subList(0, 2 * BLOCK));
        assertThat(judge(rule, false).outcome()).isEqualTo(Outcome.UNDECIDED);

        show(rule, stream.subList(2 * BLOCK, 3 * BLOCK));
        ShiftJudgement judgement = judge(rule, false);
        assertThat(judgement.outcome()).as(judgement.reason()).isEqualTo(Outcome.NEW_NORMAL);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("newNormals")
    void aNewNormalWaitsForAnOperatorWhereOneIsAsked(String name, UnaryOperator<float[]> change) {
        ShiftRule rule = new ShiftRule(parameters(Mode.CONFIRM), ALPHA);
        show(rule, LATER.stream().map(change).toList());

        ShiftJudgement waiting = judge(rule, false);
        assertThat(waiting.outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(waiting.awaitsConfirmation()).isTrue();
        assertThat(waiting.reason()).contains("waits to be confirmed");
        assertThat(judge(rule, true).outcome()).isEqualTo(Outcome.NEW_NORMAL);
    }

    static Stream<Arguments> incoherentBursts() {
        SplittableRandom random = new SplittableRandom(8);
        List<float[]> mixture = new ArrayList<>();
        UnaryOperator<float[]> torn = ShiftedDigits.torn(random);
        UnaryOperator<float[]> noisy = ShiftedDigits.noisy(random);
        for (int i = 0; i < LATER.size(); i++) {
            float[] digit = LATER.get(i);
            mixture.add(i % 3 == 0 ? CLOTHES.get(i) : i % 3 == 1 ? torn.apply(digit) : noisy.apply(digit));
        }
        return Stream.of(
                Arguments.of(
                        "noise", LATER.stream().map(ShiftedDigits.noise(random)).toList()),
                Arguments.of("noisy digits", LATER.stream().map(noisy).toList()),
                Arguments.of("torn digits", LATER.stream().map(torn).toList()),
                Arguments.of("clothes, torn and noisy digits", mixture),
                Arguments.of(
                        "one torn digit again and again",
                        LATER.stream()
                                .map(ShiftedDigits.frozen(torn.apply(LATER.get(1)), random))
                                .toList()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("incoherentBursts")
    void defectsThatStayAreNotLearned(String name, List<float[]> stream) {
        ShiftRule rule = new ShiftRule(parameters(Mode.AUTOMATIC), ALPHA);
        show(rule, stream);

        ShiftJudgement judgement = judge(rule, false);

        assertThat(judgement.blocks()).isEqualTo(4);
        assertThat(judgement.outcome()).as(judgement.reason()).isEqualTo(Outcome.BURST);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("incoherentBursts")
    void aRuleWithoutCoherenceLearnsDefects(String name, List<float[]> stream) {
        Parameters p = parameters(Mode.AUTOMATIC);
        ShiftRule rule = new ShiftRule(
                new Parameters(
                        p.blockImages(),
                        p.leastShare(),
                        p.leastBlocks(),
                        p.leastDuration(),
                        p.leastPictures(),
                        0,
                        Double.POSITIVE_INFINITY,
                        p.mode()),
                ALPHA);
        show(rule, stream);

        assertThat(judge(rule, false).outcome()).isEqualTo(Outcome.NEW_NORMAL);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("incoherentBursts")
    void anOperatorMayKnowBetterOnceItHasStayed(String name, List<float[]> stream) {
        ShiftRule rule = new ShiftRule(parameters(Mode.AUTOMATIC), ALPHA);

        show(rule, stream.subList(0, BLOCK));
        assertThat(judge(rule, true).outcome()).isEqualTo(Outcome.UNDECIDED);

        show(rule, stream.subList(BLOCK, 3 * BLOCK));
        assertThat(judge(rule, true).outcome()).isEqualTo(Outcome.NEW_NORMAL);
    }

    @Test
    void aBoxOfClothesThatPassesByIsABurst() {
        ShiftRule rule = new ShiftRule(parameters(Mode.AUTOMATIC), ALPHA);
        show(rule, CLOTHES.subList(0, BLOCK));
        assertThat(judge(rule, false).outcome()).isEqualTo(Outcome.UNDECIDED);

        show(rule, LATER.subList(0, BLOCK));
        assertThat(judge(rule, false).outcome()).isEqualTo(Outcome.BURST);
        assertThat(judge(rule, true).outcome()).as("confirmed too late").isEqualTo(Outcome.BURST);
    }

    @Test
    void aRuleWithoutPersistenceLearnsABoxOfClothesThatPassesBy() {
        Parameters impatient = new Parameters(BLOCK, 0.5, 1, Duration.ZERO, 100, 0.2, 1.1, Mode.AUTOMATIC);
        ShiftRule rule = new ShiftRule(impatient, ALPHA);

        show(rule, CLOTHES.subList(0, BLOCK));

        assertThat(judge(rule, false).outcome()).isEqualTo(Outcome.NEW_NORMAL);
    }

    @Test
    void aRuleWithoutAShareLearnsClothesAmongDigits() {
        Parameters greedy = new Parameters(BLOCK, 0.1, 3, Duration.ofSeconds(55), 100, 0.2, 1.1, Mode.AUTOMATIC);
        ShiftRule rule = new ShiftRule(greedy, ALPHA);

        show(rule, clothesAmongDigits());

        assertThat(judge(rule, false).outcome()).isEqualTo(Outcome.NEW_NORMAL);
    }

    private static List<float[]> clothesAmongDigits() {
        return IntStream.range(0, LATER.size())
                .mapToObj(i -> i % 10 < 3 ? CLOTHES.get(i) : LATER.get(i))
                .toList();
    }

    @Test
    void clothesAmongDigitsAreABurstHoweverLong() {
        List<float[]> stream = clothesAmongDigits();
        ShiftRule rule = new ShiftRule(parameters(Mode.AUTOMATIC), ALPHA);
        show(rule, stream);
        show(rule, stream);

        ShiftJudgement judgement = judge(rule, true);

        assertThat(judgement.share()).isCloseTo(0.3, within(0.05));
        assertThat(judgement.outcome()).isEqualTo(Outcome.BURST);
    }

    /** The rule cannot know better; that is what a confirmation is for. */
    @Test
    void nothingButClothesForLongEnoughIsANewProduct() {
        ShiftRule rule = new ShiftRule(parameters(Mode.AUTOMATIC), ALPHA);
        show(rule, CLOTHES);

        assertThat(judge(rule, false).outcome()).isEqualTo(Outcome.NEW_NORMAL);
    }

    @Test
    void coveredDigitsOfWhichFewAreNoticedAreABurst() {
        ShiftRule rule = new ShiftRule(parameters(Mode.AUTOMATIC), ALPHA);
        show(
                rule,
                LATER.stream()
                        .map(ShiftedDigits.occluded(new SplittableRandom(2)))
                        .toList());

        assertThat(judge(rule, false).outcome()).isEqualTo(Outcome.BURST);
    }

    static Stream<Arguments> unnoticed() {
        return Stream.of(
                Arguments.of("blurred", ShiftedDigits.blurred(2)), Arguments.of("darkened", ShiftedDigits.darkened()));
    }

    /** Nothing of them is trimmed, so the next training learns them; and they would pass for coherent. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("unnoticed")
    void whatTheModelDoesNotMindNeedsNoRule(String name, UnaryOperator<float[]> change) {
        List<float[]> stream = LATER.stream().map(change).toList();

        show(new ShiftRule(parameters(Mode.AUTOMATIC), ALPHA), stream);

        assertThat(shifted).hasSizeLessThan(stream.size() / 50);
        assertThat(Coherence.of(vectors(stream), vectors(NORMAL)).spread()).isBetween(0.25, 1.1);
    }

    @Test
    void manyPicturesInASecondAreNoDuration() {
        ShiftRule rule = new ShiftRule(parameters(Mode.AUTOMATIC), ALPHA);
        for (int i = 0; i < 10 * BLOCK; i++) {
            rule.accept(true, i / 1_000);
        }

        assertThat(judge(rule, true).outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(judge(rule, true).blocks()).isEqualTo(10);
    }

    @Test
    void withoutPicturesToCompareNothingIsDecided() {
        ShiftRule rule = new ShiftRule(parameters(Mode.AUTOMATIC), ALPHA);
        assertThat(judge(rule, true).outcome()).isEqualTo(Outcome.UNDECIDED);
        show(rule, LATER.stream().map(ShiftedDigits.inverted()).toList());

        assertThat(rule.judge(vectors(shifted), List.of(), false).outcome()).isEqualTo(Outcome.UNDECIDED);

        rule.reset(ALPHA);
        assertThat(judge(rule, true).reason()).isEqualTo("fewer than 400 images so far");
    }

    private static Parameters parameters(Mode mode) {
        return new Parameters(BLOCK, 0.5, 3, Duration.ofSeconds(55), 100, 0.2, 1.1, mode);
    }

    /** Shows images to the rule, and keeps those that the model finds anomalous. */
    private void show(ShiftRule rule, List<float[]> images) {
        List<Analysis> analyses = ShiftedDigits.analyses(images);
        for (int i = 0; i < images.size(); i++) {
            boolean anomalous = analyses.get(i).pValue() <= ALPHA;
            clock += EVERY;
            rule.accept(anomalous, clock);
            if (anomalous) {
                shifted.add(images.get(i));
            }
        }
    }

    private ShiftJudgement judge(ShiftRule rule, boolean confirmed) {
        return rule.judge(vectors(shifted), vectors(NORMAL), confirmed);
    }

    private static List<float[]> vectors(List<float[]> images) {
        return images.stream()
                .map(image -> PictureVector.of(image, ShiftedDigits.MODEL.shape()))
                .toList();
    }
}
