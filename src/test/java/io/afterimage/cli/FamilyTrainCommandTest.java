package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.afterimage.model.GenerativeModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.PictureModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models without a verdict, made with the command line. */
class FamilyTrainCommandTest {
    @TempDir
    private static Path directory;

    private static String[] train(Path out, String options) {
        return ("train --images builtin:digits-test --max-images 60 --epochs 1 --out " + out + " " + options)
                .split(" ");
    }

    @ParameterizedTest
    @CsvSource({
        "--task denoise --noise any --width 4, denoise, psnr",
        "--task super-resolve --width 4, super-resolve, ssim",
        "--task generate, generate, divergence",
        "--task generate --architecture dense-variational --loss mse --latent 3, generate, divergence",
        "--task generate --architecture adversarial --prior-weight 0.5 --shape 3x17x20, generate, reconstruction"
    })
    void writesAModelOfItsTaskWithWhatItIsWorth(String options, String task, String figure) throws Exception {
        Path out = directory.resolve("made");

        Invocation command = Invocation.succeed(train(out, options));

        ModelArtifact artifact = ModelArtifact.read(out);
        ModelManifest manifest = artifact.manifest();
        assertThat(command.out())
                .contains("model made version " + manifest.version(), "on 6 images held out: ", figure + " ");
        assertThat(manifest.task()).isEqualTo(task);
        assertThat(manifest.quality())
                .containsKey(figure)
                .allSatisfy((name, value) -> assertThat(value).isFinite());
        assertThat(manifest.training().seed()).isEqualTo(42);
        assertThat(manifest.training().firstLoss()).isPositive();
        assertThat(manifest.training().lastLoss()).isPositive();
        assertThat(manifest.training().trained()).isEqualTo(54);
        assertThat(manifest.training().heldOut()).isEqualTo(6);
        if (task.equals("generate")) {
            GenerativeModel.load(artifact).close();
        } else {
            PictureModel.load(artifact).close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--task colourise, 'there is no task ''colourise''; there are reconstruct, denoise, super-resolve, generate', 2",
        "--task DENOISE, 'there is no task ''DENOISE''', 2",
        "--task denoise --noise hum, 'no noise ''hum''; there are fog, grain, salt-and-pepper, blocks, any', 2",
        "--task generate --architecture gan, '''gan''; there are variational, dense-variational, adversarial', 2",
        "--task generate --loss l1, 'there is no loss ''l1''; there are bce, mse', 2",
        "--task generate --prior-weight 0, 'the weight of the prior must be above 0, not 0', 2",
        "--task generate --prior-weight heavy, '--prior-weight', 2",
        "--task generate --latent 1025, 'latent must be within 1..1024, not 1025', 2",
        "--task denoise --width 0, 'width must be within 1..512, not 0', 2",
        "--task super-resolve --width 513, 'width must be within 1..512, not 513', 2"
    })
    void saysWhatIsWrongAndWritesNothing(String options, String complaint, int code) {
        Path out = directory.resolve("never");

        Invocation command = Invocation.of(train(out, options));

        assertThat(command.err()).startsWith("afterimage: ").contains(complaint).doesNotContain("\tat ");
        assertThat(command.code()).isEqualTo(code);
        assertThat(out).doesNotExist();
    }

    /** What training throws when its loss is no number, thrown at one of its steps. */
    private static final class Diverging extends PrintWriter {
        private final StringBuilder printed = new StringBuilder();
        private final String when;

        Diverging(String when) {
            super(new StringWriter(), true);
            this.when = when;
        }

        @Override
        public void write(String text, int offset, int length) {
            printed.append(text, offset, offset + length);
            if (printed.indexOf(when) >= 0) {
                throw new IllegalStateException("training diverged: the loss is NaN");
            }
        }
    }

    /** The twin of a training that diverges at its last step is one that does not. */
    @ParameterizedTest
    @ValueSource(strings = {"reconstruct", "denoise", "super-resolve", "generate"})
    void aTrainingThatDivergesLeavesNoModel(String task) {
        Path out = directory.resolve("diverged-" + task);
        StringWriter err = new StringWriter();

        int code = run("step 10 of 10", err, train(out, "--task " + task));

        assertThat(code).isEqualTo(Main.FAILED);
        assertThat(err.toString().lines()).containsExactly("afterimage: training diverged: the loss is NaN");
        assertThat(out).doesNotExist();

        assertThat(run("step 11 of 10", err, train(out, "--task " + task))).isEqualTo(Main.OK);
        assertThat(out).isDirectoryContaining(file -> file.endsWith(ModelArtifact.MANIFEST_FILE));
    }

    private static int run(String diverges, StringWriter err, String... args) {
        return Main.run(
                new Diverging(diverges),
                new PrintWriter(err, true),
                new StopSignal(code -> {}),
                StandInService::start,
                args);
    }

    @Test
    void theModelThatWasThereStaysWhenTrainingFails() throws Exception {
        Path out = directory.resolve("kept");
        Invocation.succeed(train(out, "--task super-resolve --width 4"));
        ModelManifest before = ModelArtifact.read(out).manifest();

        int code = run("step 10 of 10", new StringWriter(), train(out, "--task super-resolve --width 5"));

        assertThat(code).isEqualTo(Main.FAILED);
        assertThat(ModelArtifact.read(out).manifest()).isEqualTo(before);
    }

    @Test
    void helpNamesEveryTask() {
        assertThat(Invocation.of("train", "--help").lines())
                .anySatisfy(line -> assertThat(line).contains("denoise:"))
                .anySatisfy(line -> assertThat(line).contains("super-resolve:"))
                .anySatisfy(line -> assertThat(line).contains("generate:"));
        assertThat(List.of("bce", "salt-and-pepper", "adversarial"))
                .allSatisfy(choice ->
                        assertThat(Invocation.of("train", "--help").out()).contains(choice));
    }
}
