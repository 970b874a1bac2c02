package io.afterimage.cli;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.model.ScoringModel;
import java.nio.file.Path;
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

    /** Loads a challenger by version or from a directory. */
    static ScoringModel challenger(String name) {
        return isVersion(name) ? published(name) : load(name);
    }

    private static ScoringModel published(String version) {
        throw new CommandFailedException(
                "Challenger " + version + " cannot be loaded by version: give the directory of the model instead");
    }

    /** Loads {@value #BUILTIN} or the model in a directory. */
    static ScoringModel load(String name) {
        try {
            return ScoringModel.load(
                    BUILTIN.equals(name) ? ModelArtifact.builtin() : ModelArtifact.read(Path.of(name)));
        } catch (ModelRejectedException e) {
            throw new CommandFailedException("Model '" + name + "' cannot be used: " + e.getMessage(), e);
        }
    }
}
