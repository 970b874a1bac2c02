package io.afterimage.train;

import io.afterimage.model.ModelArtifact;

/** Where the parameters of a network begin. */
public sealed interface Start {

    /** The highest learning rate of the schedule. */
    float learningRate();

    /** Version of the model that the new one follows; empty when there was none. */
    String parent();

    /** Random parameters, which depend on the seed alone. */
    record Scratch(String parent) implements Start {
        @Override
        public float learningRate() {
            return 2e-3f;
        }
    }

    /**
     * The parameters of a model of the same architecture. The learning rate is lower, so that a third of the rounds is enough
     * without first unlearning what the model knows.
     */
    record Warm(ModelArtifact from) implements Start {
        @Override
        public float learningRate() {
            return 1e-3f;
        }

        @Override
        public String parent() {
            return from.manifest().version();
        }
    }
}
