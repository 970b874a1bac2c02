package io.afterimage.model;

import io.afterimage.score.Fusion;
import io.afterimage.score.ScoreRecipe;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model at rest: its manifest and its weights, the same two files everywhere. The checksum of the weights is verified before
 * they can be parsed.
 *
 * @param manifest what the model is
 * @param weights the bytes of the weights file; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
public record ModelArtifact(ModelManifest manifest, byte[] weights) {
    public static final String MANIFEST_FILE = "manifest.json";
    public static final String WEIGHTS_FILE = "weights.safetensors";

    static final long MAX_MANIFEST_BYTES = 16L << 20;
    static final long MAX_WEIGHTS_BYTES = 512L << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    /**
     * Checks a model that comes from outside.
     *
     * @throws ModelRejectedException when the manifest is not one, or the weights are not those it names
     */
    public static ModelArtifact of(byte[] manifest, byte[] weights) throws ModelRejectedException {
        ModelManifest parsed = manifestOf(manifest);
        if (parsed.weights().bytes() != weights.length
                || !sha256(weights).equals(parsed.weights().sha256())) {
            throw new ModelRejectedException(
                    "the weights are not the ones the manifest names (length or SHA-256 differ)");
        }
        if (!parsed.version().equals(versionOf(parsed))) {
            throw new ModelRejectedException(
                    "the manifest was changed after version " + parsed.version() + " was made");
        }
        return new ModelArtifact(parsed, weights);
    }

    /**
     * What a manifest says, before its weights are at hand: enough to decide whether to fetch them, not to trust them.
     *
     * @throws ModelRejectedException when it is not a manifest, or one of another format
     */
    public static ModelManifest manifestOf(byte[] json) throws ModelRejectedException {
        @Nullable ModelManifest parsed;
        try {
            parsed = JSON.readValue(json, ModelManifest.class);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new ModelRejectedException("not a model manifest: " + e.getMessage(), e);
        }
        if (parsed == null || parsed.quality().values().stream().anyMatch(Objects::isNull)) {
            throw new ModelRejectedException("not a model manifest: something in it is null");
        }
        if (!ModelManifest.FORMAT.equals(parsed.format())) {
            throw new ModelRejectedException("the manifest has format '%s', this version reads '%s'"
                    .formatted(parsed.format(), ModelManifest.FORMAT));
        }
        return parsed;
    }

    /** Makes a model from its parts: fills in checksum and version. */
    public static ModelArtifact create(ModelManifest draft, byte[] weights) {
        ModelManifest sealed =
                with(draft, "", new ModelManifest.Weights(weights.length, sha256(weights)), draft.training());
        return new ModelArtifact(with(sealed, versionOf(sealed), sealed.weights(), sealed.training()), weights);
    }

    /**
     * The same network with another recipe, not calibrated: its parts are neither centred nor scaled, its only p-values are ½
     * and 1. For measuring a recipe's cost and for fitting its fusion.
     */
    public ModelArtifact withRecipe(ScoreRecipe recipe) {
        int parts = recipe.parts().size();
        Fusion neutral = new Fusion(Collections.nCopies(parts, 0.0), Collections.nCopies(parts, 1.0));
        return withScoring(
                new ModelManifest.Scoring(
                        recipe.label(),
                        neutral,
                        manifest.scoring().components(),
                        manifest.scoring().memory()),
                List.of(0.0));
    }

    /** The same network scored in another way. */
    public ModelArtifact withScoring(ModelManifest.Scoring scoring, List<Double> calibration) {
        return create(
                new ModelManifest(
                        manifest.format(),
                        manifest.name(),
                        "",
                        manifest.task(),
                        manifest.architecture(),
                        scoring,
                        calibration,
                        manifest.weights(),
                        manifest.training(),
                        Map.of(),
                        ""),
                weights);
    }

    /** The same model with figures that were measured of it; not signed. */
    public ModelArtifact withQuality(Map<String, Double> quality) {
        return new ModelArtifact(described(quality, ""), weights);
    }

    /** The same model with a signature. */
    public ModelArtifact withSignature(String signature) {
        return new ModelArtifact(described(manifest.quality(), signature), weights);
    }

    /** What a signature covers: the manifest as JSON, without the signature itself. */
    public byte[] signedBytes() {
        return JSON.writeValueAsBytes(described(manifest.quality(), ""));
    }

    private ModelManifest described(Map<String, Double> quality, String signature) {
        return new ModelManifest(
                manifest.format(),
                manifest.name(),
                manifest.version(),
                manifest.task(),
                manifest.architecture(),
                manifest.scoring(),
                manifest.calibration(),
                manifest.weights(),
                manifest.training(),
                quality,
                signature);
    }

    /**
     * Reads a model from a directory.
     *
     * @throws ModelRejectedException when there is none, or it is damaged
     */
    public static ModelArtifact read(Path directory) throws ModelRejectedException {
        return of(
                readFile(directory.resolve(MANIFEST_FILE), MAX_MANIFEST_BYTES),
                readFile(directory.resolve(WEIGHTS_FILE), MAX_WEIGHTS_BYTES));
    }

    /** The model that comes with the software, trained on handwritten digits. */
    public static ModelArtifact builtin() throws ModelRejectedException {
        return of(readResource(MANIFEST_FILE), readResource(WEIGHTS_FILE));
    }

    /**
     * Writes the model to a directory that is made when missing. The manifest is moved into place last, so a reader finds the
     * old model, the new one, or a mismatch that it refuses; never a mixture.
     */
    public void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        writeFile(directory, WEIGHTS_FILE, weights);
        writeFile(directory, MANIFEST_FILE, manifestBytes());
    }

    /** The manifest as JSON. */
    public byte[] manifestBytes() {
        return JSON.writeValueAsBytes(manifest);
    }

    private static void writeFile(Path directory, String name, byte[] bytes) throws IOException {
        Path unfinished = directory.resolve("." + name + "." + UUID.randomUUID() + ".part");
        try {
            Files.write(unfinished, bytes);
            try {
                Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                throw new IOException("the file system of " + directory + " cannot replace a file atomically", e);
            }
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static byte[] readFile(Path file, long most) throws ModelRejectedException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) most + 1);
            if (bytes.length > most) {
                throw new ModelRejectedException(file + " is longer than " + most + " bytes");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new ModelRejectedException("there is no model at %s: %s is missing"
                    .formatted(file.toAbsolutePath().getParent(), file.getFileName()));
        } catch (IOException e) {
            throw new ModelRejectedException("cannot read " + file, e);
        }
    }

    private static byte[] readResource(String name) throws ModelRejectedException {
        try (InputStream in = ModelArtifact.class.getResourceAsStream("/models/digits/" + name)) {
            if (in == null) {
                throw new ModelRejectedException("this build carries no model");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ModelRejectedException("cannot read the built-in model", e);
        }
    }

    private static String versionOf(ModelManifest manifest) {
        // Made again from the same images and seed, a model has the same version: the time does not count, nor does
        // what was
        // found out about the model afterwards.
        ModelManifest timeless =
                with(manifest, "", manifest.weights(), manifest.training().at(""));
        return sha256(JSON.writeValueAsBytes(timeless)).substring(0, 12);
    }

    private static ModelManifest with(
            ModelManifest m, String version, ModelManifest.Weights weights, ModelManifest.Training training) {
        return new ModelManifest(
                m.format(),
                m.name(),
                version,
                m.task(),
                m.architecture(),
                m.scoring(),
                m.calibration(),
                weights,
                training,
                Map.of(),
                "");
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
