package io.afterimage.stream;

import io.afterimage.image.Rejection;
import io.afterimage.wire.EventType;
import io.afterimage.wire.ScoreEvent;
import java.util.List;
import java.util.stream.Stream;

/** What became of one image. */
public sealed interface Outcome {
    /**
     * It was scored.
     *
     * @param score the verdict and what it rests on
     * @param json the verdict as it is published
     * @param products what is published beside it
     * @param generations of the models that took part
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way to Kafka, never compared
    record Scored(ScoreEvent score, byte[] json, List<Product> products, Generations generations) implements Outcome {
        public Scored {
            products = List.copyOf(products);
        }

        /** The same with something more to publish. */
        Scored with(Product product) {
            return new Scored(
                    score,
                    json,
                    Stream.concat(products.stream(), Stream.of(product)).toList(),
                    generations);
        }
    }

    /**
     * A picture, a vector or another opinion about an image.
     *
     * @param type says which topic it goes to
     * @param model made it
     * @param payload as it is published
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way to Kafka, never compared
    record Product(EventType type, ScoreEvent.Model model, byte[] payload) {}

    /** It could not be scored and becomes a dead letter. */
    record Rejected(Rejection reason, String message) implements Outcome {}

    /** It was not computed with its batch, which has enough to do: it has to be computed alone when its turn comes. */
    record Postponed() implements Outcome {}
}
