package io.afterimage.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDManager;
import io.afterimage.image.InputShape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a manifest says of an architecture: read as it was written, or refused. */
class ArchitectureManifestTest {
    private static final InputShape SHAPE = new InputShape(1, 17, 20);

    static List<Architecture> kinds() {
        return Architectures.of(SHAPE);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyKindSurvivesJson(Architecture architecture) throws ModelRejectedException {
        ModelArtifact artifact = Architectures.untrained(architecture);

        ModelManifest read =
                ModelArtifact.of(artifact.manifestBytes(), artifact.weights()).manifest();

        assertThat(read).isEqualTo(artifact.manifest());
        assertThat(read.architecture()).isEqualTo(architecture);
        assertThat(read.task()).isEqualTo(architecture.task().label());
    }

    @Test
    void aModelFromBeforeThereWereKindsIsAnAutoencoder() throws ModelRejectedException {
        assertThat(json(new AutoencoderArchitecture(SHAPE, 3))).doesNotContain("kind");
        assertThat(ModelArtifact.builtin().manifest().architecture()).isInstanceOf(AutoencoderArchitecture.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"kind\" : \"v-net\"", "\"kind\" : 7", "\"kind\" : null", "\"kind\" : \"sub-pixel\""})
    void unknownKindsAreRefused(String other) {
        String known = json(Architectures.generative(GenerativeArchitecture.VARIATIONAL, SHAPE));

        assertNoManifest(known.replace("\"kind\" : \"variational\"", other));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, Architecture.MAX_LATENT + 1, Integer.MAX_VALUE})
    void latentVectorsBeyondTheRangeAreRefused(int latent) {
        assertNoManifest(json(Architectures.generative(GenerativeArchitecture.ADVERSARIAL, SHAPE))
                .replace("\"latent\" : 4", "\"latent\" : " + latent));
        assertNoManifest(
                json(new AutoencoderArchitecture(SHAPE, 4)).replace("\"latent\" : 4", "\"latent\" : " + latent));
        assertThatIllegalArgumentException().isThrownBy(() -> new AutoencoderArchitecture(SHAPE, latent));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, Architecture.MAX_WIDTH + 1, Integer.MAX_VALUE})
    void widthsBeyondTheRangeAreRefused(int width) {
        assertNoManifest(json(new DenoisingArchitecture(SHAPE, 6)).replace("\"width\" : 6", "\"width\" : " + width));
        assertNoManifest(json(new UpscalingArchitecture(SHAPE, 6)).replace("\"width\" : 6", "\"width\" : " + width));
        assertThatIllegalArgumentException().isThrownBy(() -> new DenoisingArchitecture(SHAPE, width));
    }

    @ParameterizedTest
    @CsvSource({
        "'\"prior\" : 1.0', '\"prior\" : 0.0'",
        "'\"prior\" : 1.0', '\"prior\" : -1.0'",
        "'\"prior\" : 1.0', '\"prior\" : 1e7'",
        "'\"prior\" : 1.0', '\"prior\" : \"NaN\"'",
        "'\"pixels\" : \"BCE\"', '\"pixels\" : \"L1\"'",
        "'\"pixels\" : \"BCE\"', '\"pixels\" : null'",
        "'\"height\" : 17', '\"height\" : 100000'"
    })
    void whatMakesNoSenseIsRefused(String sense, String nonsense) {
        String json = json(Architectures.generative(GenerativeArchitecture.VARIATIONAL, SHAPE));

        assertThat(json).contains(sense);
        assertNoManifest(json.replace(sense, nonsense));
    }

    static Stream<Arguments> misfits() {
        List<Architecture> kinds = kinds();
        return kinds.stream()
                .flatMap(one ->
                        kinds.stream().filter(other -> !other.equals(one)).map(other -> Arguments.of(one, other)));
    }

    /** The manifest of one architecture with the weights of another. */
    @ParameterizedTest
    @MethodSource("misfits")
    void weightsOfAnotherArchitectureAreRefused(Architecture said, Architecture had) {
        byte[] weights = Architectures.untrained(had).weights();
        ModelArtifact mixed = ModelArtifact.create(Architectures.manifest(said), weights);

        assertRefused(mixed).withMessageMatching("(?s).*(do not fit together|other tensors than|is not \\[).*");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void weightsOfAnotherSizeAreRefused(Architecture architecture) {
        Architecture coloured = Architectures.of(new InputShape(3, 17, 20)).get(kinds().indexOf(architecture));

        assertRefused(ModelArtifact.create(
                Architectures.manifest(coloured),
                Architectures.untrained(architecture).weights()));
        assertRefused(ModelArtifact.create(
                Architectures.manifest(architecture),
                Architectures.untrained(coloured).weights()));
    }

    /** Three thousand million numbers would be 13 GB: who sees the room they need only after taking it does not come back. */
    @Test
    void moreNumbersThanTheFileHasAreRefusedBeforeMemoryIsTaken() {
        byte[] weights = new byte[1 << 16];
        InputShape large = new InputShape(3, 1024, 1024);
        ModelArtifact forged = ModelArtifact.create(
                Architectures.manifest(Architectures.generative(GenerativeArchitecture.DENSE_VARIATIONAL, large)),
                weights);

        assertRefused(forged).withMessageContaining("numbers in 65,536 bytes");
    }

    /** What that guard counts is what there is: it lets every true model pass, and none that lacks a number. */
    @ParameterizedTest
    @MethodSource("kinds")
    void numbersAreCountedRightly(Architecture architecture) {
        long numbers;
        try (NDManager manager = NDManager.newBaseManager()) {
            numbers = Network.initialized(manager, architecture).namedParameters().values().stream()
                    .mapToLong(parameter -> parameter.getShape().size())
                    .sum();
        }
        ModelManifest manifest = Architectures.manifest(architecture);
        byte[] enough = new byte[Math.toIntExact(4 * numbers)];
        byte[] tooFew = new byte[enough.length - 4];

        assertRefused(ModelArtifact.create(manifest, enough)).withMessageNotContaining("numbers in");
        assertRefused(ModelArtifact.create(manifest, tooFew)).withMessageContaining("numbers in");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aModelOfOneTaskIsNotOneOfAnother(Architecture architecture) throws ModelRejectedException {
        ModelArtifact artifact = Architectures.untrained(architecture);
        String task = "is for '" + architecture.task().label() + "'";
        boolean verdict = architecture.task() == Task.RECONSTRUCT;
        boolean generates = architecture.task() == Task.GENERATE;

        if (verdict) {
            ScoringModel.load(artifact).close();
        } else {
            assertThatExceptionOfType(ModelRejectedException.class)
                    .isThrownBy(() -> ScoringModel.load(artifact))
                    .withMessageContaining(task);
        }
        if (generates) {
            GenerativeModel.load(artifact).close();
        } else {
            assertThatExceptionOfType(ModelRejectedException.class)
                    .isThrownBy(() -> GenerativeModel.load(artifact))
                    .withMessageContaining(task);
        }
        if (verdict || generates) {
            assertThatExceptionOfType(ModelRejectedException.class)
                    .isThrownBy(() -> PictureModel.load(artifact))
                    .withMessageContaining(task);
        } else {
            PictureModel.load(artifact).close();
        }
    }

    /** A manifest that says one task and has the architecture of another is for neither. */
    @Test
    void aTaskThatIsNotTheArchitecturesIsRefused() {
        ModelArtifact artifact = Architectures.untrained(new DenoisingArchitecture(SHAPE, 6));
        ModelManifest m = artifact.manifest();
        ModelArtifact renamed = ModelArtifact.create(
                new ModelManifest(
                        m.format(),
                        m.name(),
                        "",
                        Task.SUPER_RESOLVE.label(),
                        m.architecture(),
                        m.scoring(),
                        m.calibration(),
                        m.weights(),
                        m.training(),
                        m.quality(),
                        ""),
                artifact.weights());

        assertThatExceptionOfType(ModelRejectedException.class).isThrownBy(() -> PictureModel.load(renamed));
    }

    private static String json(Architecture architecture) {
        return new String(
                ModelArtifact.create(Architectures.manifest(architecture), new byte[0])
                        .manifestBytes(),
                UTF_8);
    }

    private static void assertNoManifest(String json) {
        assertThatExceptionOfType(ModelRejectedException.class)
                .isThrownBy(() -> ModelArtifact.manifestOf(json.getBytes(UTF_8)))
                .withMessageContaining("not a model manifest");
    }

    private static org.assertj.core.api.ThrowableAssertAlternative<ModelRejectedException> assertRefused(
            ModelArtifact artifact) {
        return assertThatExceptionOfType(ModelRejectedException.class).isThrownBy(() -> {
            switch (artifact.manifest().architecture().task()) {
                case RECONSTRUCT -> ScoringModel.load(artifact).close();
                case DENOISE, SUPER_RESOLVE -> PictureModel.load(artifact).close();
                case GENERATE -> GenerativeModel.load(artifact).close();
            }
        });
    }
}
