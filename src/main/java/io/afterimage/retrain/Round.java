package io.afterimage.retrain;

import io.afterimage.image.ImageDecoder;
import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.train.TrainingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One training: from the images of the window to what the gate says about the candidates. Takes minutes. */
final class Round {
    private static final Logger LOG = LoggerFactory.getLogger(Round.class);

    private final ImageDecoder decoder;
    private final CandidateTraining training;
    private final PromotionGate gate;
    private final Optional<GoldenSet> golden;

    /**
     * How it went.
     *
     * @param comparedWith version of the current model when it began
     * @param promotions one per candidate
     * @param candidates by version
     * @param trimming what was left out as possibly anomalous
     */
    record Result(
            String comparedWith,
            List<Promotion> promotions,
            Map<String, ModelArtifact> candidates,
            Trimming trimming) {}

    Round(ImageDecoder decoder, CandidateTraining training, PromotionGate gate, Optional<GoldenSet> golden) {
        this.decoder = decoder;
        this.training = training;
        this.gate = gate;
        this.golden = golden;
    }

    /**
     * Trains and judges.
     *
     * @throws IllegalArgumentException when too few of the images can be read
     */
    Result run(List<WindowImage> window, ModelArtifact current, Reference reference, Consumer<TrainingStep> progress)
            throws ModelRejectedException {
        List<float[]> images =
                pixels(window, decoder, current.manifest().architecture().input());
        if (images.size() < WindowParts.FEWEST) {
            throw new IllegalArgumentException("of %d images in the window %d can be read; a training needs %d"
                    .formatted(window.size(), images.size(), WindowParts.FEWEST));
        }
        CandidateTraining.Candidates candidates = training.train(images, current, reference, progress);
        List<Promotion> promotions = gate.judge(
                current, candidates.models(), candidates.window().parts().heldOut(), golden);
        return new Result(
                current.manifest().version(),
                promotions,
                candidates.models().stream()
                        .collect(Collectors.toMap(model -> model.manifest().version(), model -> model, (a, b) -> a)),
                candidates.window().trimming());
    }

    /** The images that can be decoded, as a model takes them; the others are dead letters of the scoring service. */
    static List<float[]> pixels(List<WindowImage> window, ImageDecoder decoder, InputShape shape) {
        List<float[]> images = new ArrayList<>(window.size());
        for (WindowImage image : window) {
            try {
                float[] values = new float[shape.size()];
                InputTensor.write(decoder.decode(image.encoded(), image.contentType()), shape, values, 0);
                images.add(values);
            } catch (ImageRejectedException e) {
                // Counted by the scoring service, which makes a dead letter of it with the reason.
                LOG.debug("Image {}@{} cannot be learned from", image.partition(), image.offset(), e);
            }
        }
        return images;
    }
}
