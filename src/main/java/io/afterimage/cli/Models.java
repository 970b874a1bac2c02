package io.afterimage.cli;

import io.afterimage.config.ConfigurationException;
import io.afterimage.config.ServiceSettings;
import io.afterimage.metrics.ModelInUse;
import io.afterimage.model.LoadedModel;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.score.Calibration;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds the model a user names. */
final class Models {
    /** The model that comes with the software. */
    static final String BUILTIN = "builtin";

    private static final Pattern VERSION = Pattern.compile("[0-9a-f]{12}");

    private Models() {}

    /** Whether a text is a version; a directory of such a name is written {@code ./0123456789ab}. */
    static boolean isVersion(String text) {
        return VERSION.matcher(text).matches();
    }

    /** Loads {@value #BUILTIN} or the model in a directory. */
    static ScoringModel load(String name) {
        try {
            return ScoringModel.load(artifact(name));
        } catch (ModelRejectedException e) {
            throw unusable(name, e);
        }
    }

    /** Loads the model in a directory for another task than scoring. */
    static <M extends LoadedModel> M load(String name, ModelLoading<M> loading) {
        try {
            return loading.load(artifact(name));
        } catch (ModelRejectedException e) {
            throw unusable(name, e);
        }
    }

    /** As {@link #load(String)}, without making a network of it. */
    static ModelArtifact read(String name) {
        try {
            return artifact(name);
        } catch (ModelRejectedException e) {
            throw unusable(name, e);
        }
    }

    /** What the meters say about a model. */
    static ModelInUse inUse(ModelManifest manifest) {
        return new ModelInUse(
                manifest.name(),
                manifest.version(),
                created(manifest),
                new Calibration(manifest.calibration().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray()));
    }

    /** Empty for a manifest written by other software in another way: no reason to refuse the model. */
    private static Optional<Instant> created(ModelManifest manifest) {
        try {
            return Optional.of(
                    OffsetDateTime.parse(manifest.training().created()).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static ModelArtifact artifact(String name) throws ModelRejectedException {
        return BUILTIN.equals(name) ? ModelArtifact.builtin() : ModelArtifact.read(Path.of(name));
    }

    private static CommandFailedException unusable(String name, ModelRejectedException e) {
        return new CommandFailedException("Model '" + name + "' cannot be used: " + e.getMessage(), e);
    }

    /** What a model on the models topic must carry, as configured. */
    static ModelSignatures keys(ServiceSettings settings) {
        try {
            return ModelSignatures.of(settings.modelPublicKeys());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    List.of(ServiceSettings.MODEL_PUBLIC_KEYS.property() + ": " + e.getMessage()));
        }
    }
}
