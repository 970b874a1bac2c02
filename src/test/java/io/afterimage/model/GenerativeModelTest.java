package io.afterimage.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.afterimage.image.InputShape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class GenerativeModelTest {
    private static final InputShape SHAPE = new InputShape(3, 17, 22);

    @SuppressWarnings("unused") // named by tests
    private static final List<String> KINDS = GenerativeArchitecture.KINDS;

    private static GenerativeModel model(String kind) throws ModelRejectedException {
        return GenerativeModel.load(Architectures.untrained(Architectures.generative(kind, SHAPE)));
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void makesVectorsOfPicturesAndPicturesOfVectors(String kind) throws ModelRejectedException {
        try (GenerativeModel model = model(kind)) {
            float[] latents = model.draw(5, 1);
            float[] pictures = model.decode(latents, 5);
            GenerativeModel.Encoded encoded = model.encode(pictures, 5);

            assertThat(pictures).hasSize(5 * SHAPE.size());
            for (float value : pictures) {
                assertThat(value).isBetween(0f, 1f);
            }
            assertThat(encoded.means()).hasSize(5 * model.latent());
            assertThat(encoded.logSigmas())
                    .hasSize(kind.equals(GenerativeArchitecture.ADVERSARIAL) ? 0 : 5 * model.latent());
        }
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void theSameSeedDrawsTheSamePictures(String kind) throws ModelRejectedException {
        try (GenerativeModel model = model(kind)) {
            float[] once = model.decode(model.draw(8, 3), 8);

            assertThat(model.decode(model.draw(8, 3), 8)).isEqualTo(once);
            assertThat(model.decode(model.draw(8, 4), 8)).isNotEqualTo(once);
        }
    }

    @Test
    void drawsAreStandardNormal() throws ModelRejectedException {
        try (GenerativeModel model = model(GenerativeArchitecture.VARIATIONAL)) {
            float[] draws = model.draw(5_000, 1);
            double mean = 0;
            double square = 0;
            for (float value : draws) {
                mean += value / draws.length;
                square += (double) value * value / draws.length;
            }

            assertThat(draws).hasSize(20_000);
            assertThat(mean).isCloseTo(0, within(0.03));
            assertThat(square).isCloseTo(1, within(0.05));
        }
    }

    /** What is lost is what {@link GenerativeLoss} says of the picture decoded from mean + sigma · noise. */
    @ParameterizedTest
    @FieldSource("KINDS")
    void lossesAreThoseOfTheDrawGiven(String kind) throws ModelRejectedException {
        try (GenerativeModel model = model(kind)) {
            float[] pictures = model.decode(model.draw(2, 1), 2);
            float[] noise = model.draw(2, 2);
            GenerativeModel.Encoded encoded = model.encode(pictures, 2);
            boolean point = encoded.logSigmas().length == 0;
            float[] z = encoded.means().clone();
            double divergence = 0;
            for (int i = 0; i < z.length && !point; i++) {
                double sigma = Math.exp(encoded.logSigmas()[i]);
                if (i < model.latent()) {
                    divergence += (z[i] * z[i] + sigma * sigma - 1) / 2 - encoded.logSigmas()[i];
                }
                z[i] += (float) (sigma * noise[i]);
            }
            float[] decoded = model.decode(z, 2);
            double cost = 0;
            for (int i = 0; i < SHAPE.size(); i++) {
                cost -= pictures[i] * Math.log(decoded[i]) + (1 - pictures[i]) * Math.log(1 - decoded[i]);
            }

            GenerativeModel.Losses losses = model.losses(pictures, 2, noise);

            assertThat(losses.reconstruction()).hasSize(2);
            assertThat(losses.divergence()).hasSize(2);
            assertThat((double) losses.reconstruction()[0]).isCloseTo(cost, within(1e-3 * cost));
            assertThat((double) losses.divergence()[0]).isCloseTo(divergence, within(1e-4));
            float[] others = model.losses(pictures, 2, model.draw(2, 5)).reconstruction();
            assertThat(Arrays.equals(others, losses.reconstruction())).isEqualTo(point);
        }
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void aWalkEndsAtItsEnds(String kind) throws ModelRejectedException {
        try (GenerativeModel model = model(kind)) {
            float[] ends = model.draw(2, 6);
            int latent = model.latent();

            float[] walk = GenerativeModel.walk(ends, 5);

            assertThat(walk).hasSize(5 * latent);
            assertThat(Arrays.copyOfRange(walk, 0, latent)).isEqualTo(Arrays.copyOfRange(ends, 0, latent));
            assertThat(Arrays.copyOfRange(walk, 4 * latent, 5 * latent))
                    .isEqualTo(Arrays.copyOfRange(ends, latent, 2 * latent));
            for (int i = 0; i < latent; i++) {
                assertThat(walk[2 * latent + i]).isCloseTo((ends[i] + ends[latent + i]) / 2, within(1e-6f));
                assertThat(walk[latent + i]).isCloseTo(0.75f * ends[i] + 0.25f * ends[latent + i], within(1e-6f));
            }
            float[] pictures = model.decode(walk, 5);
            float[] ofEnds = model.decode(ends, 2);
            for (int i = 0; i < SHAPE.size(); i++) {
                assertThat(pictures[i]).isCloseTo(ofEnds[i], within(1e-5f));
                assertThat(pictures[4 * SHAPE.size() + i]).isCloseTo(ofEnds[SHAPE.size() + i], within(1e-5f));
            }
        }
    }

    @Test
    void theGridHasItsCentreAtTheOriginAndDifferentCorners() throws ModelRejectedException {
        float[] grid = GenerativeModel.grid(5);

        assertThat(grid).hasSize(2 * 25);
        assertThat(at(grid, 5, 2, 2)).containsExactly(new float[] {0, 0}, within(1e-6f));
        float[] topLeft = at(grid, 5, 0, 0);
        float edge = topLeft[1];
        assertThat(edge).isCloseTo(1.28155f, within(1e-4f));
        assertThat(topLeft[0]).isCloseTo(-edge, within(1e-5f));
        assertThat(at(grid, 5, 0, 4)).containsExactly(new float[] {edge, edge}, within(1e-5f));
        assertThat(at(grid, 5, 4, 0)).containsExactly(new float[] {-edge, -edge}, within(1e-5f));
        assertThat(at(grid, 5, 4, 4)).containsExactly(new float[] {edge, -edge}, within(1e-5f));
    }

    /** As much of the prior between neighbours: 1.28 and 0.52 are the 90 % and 70 % quantiles of a normal distribution. */
    @Test
    void theGridHasStepsOfEqualProbability() {
        float[] grid = GenerativeModel.grid(5);

        assertThat(at(grid, 5, 2, 3)[0]).isCloseTo(0.5244f, within(1e-4f));
        assertThat(at(grid, 5, 2, 4)[0]).isCloseTo(1.2816f, within(1e-4f));
        assertThat(GenerativeModel.grid(1)).containsExactly(new float[] {0, 0}, within(1e-6f));
    }

    @Test
    void picturesAtTheCornersOfTheGridDiffer() throws ModelRejectedException {
        GenerativeArchitecture plane = new GenerativeArchitecture(
                GenerativeArchitecture.VARIATIONAL,
                SHAPE,
                2,
                new GenerativeArchitecture.Loss(GenerativeArchitecture.Pixels.BCE, 1));
        try (GenerativeModel model = GenerativeModel.load(Architectures.untrained(plane))) {
            float[] pictures = model.decode(GenerativeModel.grid(3), 9);
            int size = SHAPE.size();
            List<float[]> corners = List.of(
                    Arrays.copyOfRange(pictures, 0, size),
                    Arrays.copyOfRange(pictures, 2 * size, 3 * size),
                    Arrays.copyOfRange(pictures, 6 * size, 7 * size),
                    Arrays.copyOfRange(pictures, 8 * size, 9 * size));

            for (float[] one : corners) {
                assertThat(corners.stream().filter(other -> Arrays.equals(one, other)))
                        .hasSize(1);
            }
        }
    }

    private static float[] at(float[] grid, int side, int row, int column) {
        int from = 2 * (row * side + column);
        return Arrays.copyOfRange(grid, from, from + 2);
    }
}
