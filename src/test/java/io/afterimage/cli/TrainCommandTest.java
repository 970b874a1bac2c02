package io.afterimage.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.image.LabelledImage;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.stream.ShippedImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small models, trained on a folder as users have them. */
class TrainCommandTest {
    private static final int IMAGES = 700;
    private static final String SEED = "7";

    @TempDir
    private static Path directory;

    private static Path digits;

    @BeforeAll
    static void writeImages() throws Exception {
        digits = Files.createDirectories(directory.resolve("digits"));
        List<LabelledImage> images = ShippedImages.first(IMAGES, "builtin:digits-train");
        for (int i = 0; i < images.size(); i++) {
            Files.write(digits.resolve("%04d.png".formatted(i)), images.get(i).encoded());
        }
        Files.write(digits.resolve("broken.png"), "no picture".getBytes(UTF_8));
    }

    @Test
    void trainingLowersTheLossAndRaisesTheAreaUnderTheCurve() throws Exception {
        ModelManifest begun = train("begun", 1);
        ModelManifest trained = train("trained", 40);

        assertThat(trained.training().lastLoss())
                .isLessThan(0.5 * trained.training().firstLoss());
        assertThat(trained.training().lastLoss()).isLessThan(begun.training().lastLoss());
        double before = areaUnderTheCurve("begun");
        double after = areaUnderTheCurve("trained");
        assertThat(after).isGreaterThan(before + 0.3).isGreaterThan(0.75);
    }

    @ParameterizedTest
    @CsvSource({
        "'train --images builtin:digits', '--out', 2",
        "'train --out here', '--images', 2",
        "'train --images builtin:digits --out here --epochs 0', 'epochs', 2",
        "'train --images builtin:digits --out here --epochs many', '--epochs', 2",
        "'train --images builtin:digits --out here --latent 0', 'latent', 2",
        "'train --images builtin:digits --out here --recipe slow', 'fast, accurate, inspection, thorough, kinds', 2",
        "'train --images builtin:digits --out here --memory 2', 'memory at least 3', 2",
        "'train --images builtin:digits --out here --shape 2x28x28', '--shape', 2",
        "'train --images builtin:digits --out here --shape 1x8x8', 'sides', 2",
        "'train --images builtin:digits --out here --name Digits!', 'lower case', 2",
        "'train --images builtin:digits --out here --max-images many', '--max-images', 2",
        "'train --images builtin:digits --out here --max-images 59', '--max-images must be at least 60, not 59', 2",
        "'train --images no-such-folder --out here', 'no such file or folder', 1"
    })
    void saysWhatIsWrongAndWritesNothing(String line, String complaint, int code) {
        Path out = directory.resolve("never");

        Invocation command = Invocation.of(line.replace("here", out.toString()).split(" "));

        assertThat(command.err()).startsWith("afterimage: ").contains(complaint).doesNotContain("\tat ");
        assertThat(command.code()).isEqualTo(code);
        assertThat(out).doesNotExist();
    }

    private static ModelManifest train(String name, int epochs) throws Exception {
        Path out = directory.resolve(name);
        Invocation command = Invocation.succeed(
                "train",
                "--images",
                digits.toString(),
                "--out",
                out.toString(),
                "--epochs",
                "" + epochs,
                "--seed",
                SEED,
                "--memory",
                "300");

        assertThat(command.out())
                .contains(IMAGES + " images", "1x28x28", "1 could not be read", "model " + name + " version");
        ModelManifest manifest = ModelArtifact.read(out).manifest();
        assertThat(manifest.name()).isEqualTo(name);
        assertThat(manifest.training().seed()).isEqualTo(7);
        assertThat(manifest.training().trained() + manifest.training().heldOut())
                .isEqualTo(IMAGES);
        assertThat(manifest.training().command())
                .isEqualTo("afterimage train --images %s --out %s --epochs %d --seed 7 --memory 300"
                        .formatted(digits, out, epochs));
        return manifest;
    }

    /** Of digits against clothing, by the scores that the score command prints. */
    private static double areaUnderTheCurve(String model) {
        double[] normal = scores(model, ShippedImages.DIGITS);
        double[] anomalous = scores(model, ShippedImages.FASHION);
        double below = 0;
        for (double high : anomalous) {
            for (double low : normal) {
                below += low < high ? 1 : low == high ? 0.5 : 0;
            }
        }
        return below / normal.length / anomalous.length;
    }

    private static double[] scores(String model, String images) {
        return Invocation.succeed(
                        "score",
                        "--images",
                        images,
                        "--limit",
                        "300",
                        "--alpha",
                        "0.05",
                        "--model",
                        directory.resolve(model).toString())
                .json()
                .stream()
                .mapToDouble(line -> line.get("score").asDouble())
                .toArray();
    }
}
