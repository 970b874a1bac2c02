package io.afterimage.registry;

import static java.util.Objects.requireNonNull;

import io.afterimage.stream.Deployment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests of models on a broker: each has a model of its own on the same topics, and so sees the others' garbage too. */
public abstract class RegistryCase {
    @TempDir
    private static Path directory;

    private static @Nullable Deployment shared;
    private static int models;

    protected final Deployment deployment = requireNonNull(shared);
    protected final Registry registry = new Registry(deployment, "model-" + models++);

    @BeforeAll
    static void join() throws Exception {
        shared = Deployment.shared(directory);
    }

    @AfterAll
    static void leave() {
        requireNonNull(shared).close();
    }
}
