package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ScoringModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Windows of digits with clothing among them, a model of digits, and what is learned from them. */
class CandidateTrainingTest {
    private static final List<float[]> CLOTHING = Shipped.images("builtin:fashion", 20);
    private static final List<float[]> DIGITS = Shipped.images("builtin:digits-test", 400);

    private static ModelArtifact current;

    @BeforeAll
    static void train() {
        current = Shipped.trained(Shipped.images("builtin:digits-train", 500), 15);
    }

    @Test
    void bothCandidatesComeFromTheCurrentModel() throws Exception {
        CandidateTraining.Candidates candidates = train(DIGITS, 1);

        assertThat(candidates.models()).hasSize(2).allSatisfy(model -> {
            ModelManifest manifest = model.manifest();
            assertThat(manifest.training().parent())
                    .isEqualTo(current.manifest().version());
            assertThat(manifest.architecture()).isEqualTo(current.manifest().architecture());
            assertThat(manifest.scoring().recipe())
                    .isEqualTo(current.manifest().scoring().recipe());
            assertThat(manifest.training().images()).isEqualTo("window");
        });
        assertThat(candidates.models().get(0).manifest().training().firstLoss())
                .isLessThan(candidates.models().get(1).manifest().training().firstLoss());
    }

    @Test
    void withoutWarmEpochsThereIsOneCandidate() throws Exception {
        assertThat(train(DIGITS, 0).models()).hasSize(1);
    }

    @Test
    void theSameSeedGivesTheSameCandidates() throws Exception {
        assertThat(versions(train(DIGITS, 1))).isEqualTo(versions(train(DIGITS, 1)));
    }

    @Test
    void whatTheGateComparesOnWasNeverLearned() throws Exception {
        WindowParts parts = train(DIGITS, 0).window().parts();
        Set<float[]> learned = Collections.newSetFromMap(new IdentityHashMap<>());
        learned.addAll(parts.learning().training());
        learned.addAll(parts.learning().fusion());
        learned.addAll(parts.learning().calibration());

        assertThat(parts.heldOut()).isNotEmpty().noneMatch(learned::contains);
    }

    @Test
    void theCurrentModelFindsTheAnomalies() throws Exception {
        CandidateTraining.Candidates candidates = train(contaminated(DIGITS), 0);

        assertThat(clothing(candidates.window().parts().learning().training())).isLessThanOrEqualTo(1);
    }

    /** The stream shows inverted digits now: to the current model, digits and clothing are equally odd. */
    @Test
    void aNewNormalFindsItsOwnAnomalies() {
        List<float[]> window = contaminated(Shipped.inverted(DIGITS));
        CandidateTraining training = new CandidateTraining(
                Shipped.TRAINER, new CandidateTraining.Plan(0.05, 15, 0, 500, 1, "retrain", "window"));
        CleanWindow clean = training.train(window, current, new Reference.NewNormal(0.05), step -> {})
                .window();

        long before =
                clothing(WindowParts.split(Shipped.SHAPE, window, 1).learning().training());
        assertThat(before).isGreaterThan(5);
        assertThat(clothing(clean.parts().learning().training())).isLessThanOrEqualTo(before / 5);
        assertThat(clean.trimming().training())
                .isEqualTo(Math.round(0.1f * clean.trimming().trainingImages()));
        assertThat(clean.trimming().heldOut())
                .isBetween((int) (0.04 * clean.trimming().heldOutImages()), (int)
                        (0.06 * clean.trimming().heldOutImages()));
    }

    @Test
    void sharesOutOfRangeAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Reference.NewNormal(0.3));
        assertThatIllegalArgumentException().isThrownBy(() -> new Reference.NewNormal(Double.NaN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CandidateTraining.Plan(0.6, 1, 1, 100, 1, "retrain", "window"));
    }

    private static CandidateTraining.Candidates train(List<float[]> window, int warmEpochs) throws Exception {
        CandidateTraining training = new CandidateTraining(
                Shipped.TRAINER, new CandidateTraining.Plan(0.05, 1, warmEpochs, 500, 1, "retrain", "window"));
        try (ScoringModel model = ScoringModel.load(ModelArtifact.builtin())) {
            return training.train(window, current, new Reference.Current(model, 0.05), step -> {});
        }
    }

    private static List<String> versions(CandidateTraining.Candidates candidates) {
        return candidates.models().stream().map(m -> m.manifest().version()).toList();
    }

    private static List<float[]> contaminated(List<float[]> images) {
        List<float[]> window = new ArrayList<>(images);
        window.addAll(CLOTHING);
        return window;
    }

    private static long clothing(List<float[]> images) {
        Set<float[]> foreign = Collections.newSetFromMap(new IdentityHashMap<>());
        foreign.addAll(CLOTHING);
        return images.stream().filter(foreign::contains).count();
    }
}
