package io.afterimage.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PrincipalReconstructionTest {
    /** In a plane of five dimensions: far along one direction, less far along another. */
    private static float[] image(double far, double near) {
        return new float[] {(float) (0.5 + far), (float) (0.5 - far), (float) (0.5 + near), (float) (0.5 + near), 0.7f};
    }

    private static PrincipalReconstruction of(int components) {
        SplittableRandom random = new SplittableRandom(1);
        List<float[]> images = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            images.add(image(random.nextDouble(-0.3, 0.3), random.nextDouble(-0.1, 0.1)));
        }
        return PrincipalReconstruction.of(images, components, 1);
    }

    @Test
    void whatLiesInThePlaneIsKept() {
        assertThat(of(2).reconstruction(image(0.25, -0.05))).containsExactly(image(0.25, -0.05), within(1e-4f));
    }

    @Test
    void oneComponentKeepsTheGreaterPart() {
        assertThat(of(1).reconstruction(image(0.25, 0.1))).containsExactly(image(0.25, 0), within(0.02f));
    }

    /** Lengths along the two directions, which are √2 times as long as what is added to each of two values. */
    @Test
    void weightsAreTheEmbeddingGreatestVarianceFirst() {
        PrincipalReconstruction principal = of(2);
        double[] middle = principal.weights(image(0, 0));
        double[] far = principal.weights(image(0.2, 0));
        double[] near = principal.weights(image(0, 0.2));

        assertThat(far).hasSize(2);
        assertThat(Math.abs(far[0] - middle[0])).isCloseTo(0.2 * Math.sqrt(2), within(0.01));
        assertThat(Math.abs(far[1] - middle[1])).isCloseTo(0, within(0.02));
        assertThat(Math.abs(near[1] - middle[1])).isCloseTo(0.2 * Math.sqrt(2), within(0.01));
    }

    @Test
    void theResidualIsTheErrorOfTheReconstruction() {
        PrincipalReconstruction principal = of(1);
        float[] image = image(0.1, 0.05);
        image[4] = 0.6f;
        float[] reconstruction = principal.reconstruction(image);
        double error = 0;
        for (int i = 0; i < image.length; i++) {
            error += Math.pow(reconstruction[i] - image[i], 2);
        }

        assertThat(principal.residualEnergy(image))
                .isCloseTo(error, within(1e-6))
                .isGreaterThan(0.01);
    }

    @Test
    void valuesStayInRange() {
        for (float value : of(2).reconstruction(image(0.9, 0.9))) {
            assertThat(value).isBetween(0f, 1f);
        }
    }

    @Test
    void imagesThatAreAllTheSameAreTheirMean() {
        float[] image = image(0.1, 0.2);

        PrincipalReconstruction principal = PrincipalReconstruction.of(Collections.nCopies(30, image), 3, 1);

        assertThat(principal.reconstruction(image)).containsExactly(image, within(1e-5f));
        assertThat(principal.residualEnergy(image)).isCloseTo(0, within(1e-9));
    }
}
