package io.afterimage.model;

/** A model with its network in memory. Any number of threads may use it; close it only after the last of them has returned. */
public sealed interface LoadedModel extends AutoCloseable permits ScoringModel, PictureModel, GenerativeModel {
    ModelManifest manifest();

    @Override
    void close();
}
