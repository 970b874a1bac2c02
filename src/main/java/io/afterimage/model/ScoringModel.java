package io.afterimage.model;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import io.afterimage.image.InputShape;
import io.afterimage.score.Calibration;
import io.afterimage.score.Centring;
import io.afterimage.score.Fusion;
import io.afterimage.score.Part;
import io.afterimage.score.PlaceStatistics;
import io.afterimage.score.ResidualScores;
import io.afterimage.score.ScoreRecipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A model ready to score: frozen network, feature memory, fusion and calibration. Any number of threads may call {@link
 * #analyse} at once; each gets scratch memory of its own. Close it only after its last caller has returned.
 */
public final class ScoringModel implements LoadedModel {
    private final ModelManifest manifest;
    private final InputShape shape;
    private final ScoreRecipe recipe;
    private final Fusion fusion;
    private final Calibration calibration;
    private final Model holder;
    private final ConvolutionalAutoencoder network;
    private final Optional<PackedAutoencoder> packed;
    private final Optional<NeighbourSearch> neighbours;
    private final Optional<NeighbourSearch> directions;
    private final PlaceStatistics places;
    /** One for each thread that ever scored at the same time as others; a thread-local one would outlive the model. */
    private final Queue<Scratch> idle = new ConcurrentLinkedQueue<>();

    /** What one thread needs for itself while it scores a batch. */
    private final class Scratch {
        private final NDManager manager = holder.getNDManager().newSubManager();
        private final ParameterStore parameters = new ParameterStore(manager, false);
        private final Readback reconstructions = new Readback();
        private final Readback ranks = new Readback();
        private final NetworkInput input = new NetworkInput(shape, recipe.masked());
        private final ResidualScores residuals = new ResidualScores(shape.channels(), shape.height(), shape.width());
    }

    private ScoringModel(ModelManifest manifest, LoadedNetwork loaded) {
        this.manifest = manifest;
        this.shape = manifest.architecture().input();
        this.recipe = ScoreRecipe.of(manifest.scoring().recipe());
        this.fusion = manifest.scoring().fusion();
        this.calibration = new Calibration(
                manifest.calibration().stream().mapToDouble(Double::doubleValue).toArray());
        this.holder = loaded.holder();
        this.network = (ConvolutionalAutoencoder) loaded.network();
        this.packed = PackedAutoencoder.of(holder.getNDManager(), network);
        NormalMemory normal = NormalMemory.of(loaded.tensors(), network.architecture(), recipe);
        this.places = normal.places().orElseGet(() -> PlaceStatistics.neutral(shape.pixels()));
        this.neighbours = normal.features().map(memory -> NeighbourSearch.ofFeatures(holder.getNDManager(), memory));
        this.directions = normal.latents().map(memory -> NeighbourSearch.ofDirections(holder.getNDManager(), memory));
    }

    /**
     * Loads a model whose checksum was verified.
     *
     * @throws ModelRejectedException when weights and architecture do not fit together
     */
    public static ScoringModel load(ModelArtifact artifact) throws ModelRejectedException {
        ModelManifest manifest = artifact.manifest();
        LoadedNetwork loaded = LoadedNetwork.of(artifact, List.of(Task.RECONSTRUCT), NormalMemory.shapes(manifest));
        try {
            return new ScoringModel(manifest, loaded);
        } catch (RuntimeException e) {
            loaded.holder().close();
            if (e instanceof IllegalArgumentException) {
                throw new ModelRejectedException("manifest and weights do not fit together: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    @Override
    public ModelManifest manifest() {
        return manifest;
    }

    public Calibration calibration() {
        return calibration;
    }

    public ScoreRecipe recipe() {
        return recipe;
    }

    /** What {@link #analyse} takes. */
    public InputShape shape() {
        return shape;
    }

    /**
     * Scores images.
     *
     * @param images {@code count} images one after another, each {@code channels × height × width} values in [0, 1]
     * @param count at least 1
     * @return one analysis per image, in order
     */
    public List<Analysis> analyse(float[] images, int count) {
        // Both are settings of the calling thread; without them a forward pass records a graph for training, and
        // several
        // threads fight over the cores.
        JniUtils.setGradMode(false);
        JniUtils.setNumThreads(1);
        Scratch unused = idle.poll();
        Scratch own = unused == null ? new Scratch() : unused;
        try (NDManager manager = own.manager.newSubManager()) {
            float[][] medians = new float[count][];
            float[] seen = recipe.centred() ? centred(images, count, medians) : images;
            NDList outputs = forward(own, manager, seen, count);
            NDArray latent = outputs.get(1).get(":{}", count);
            double[] distances = distances(neighbours, outputs.get(2), count, own.ranks);
            double[] turns = distances(directions, latent, count, own.ranks);
            float[] reconstructions = own.reconstructions.of(outputs.get(0));
            float[] latents = latent.toFloatArray();
            List<Analysis> analyses = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                Analysis analysis =
                        analysis(own.residuals, seen, i, count, reconstructions, latents, distances[i], turns[i]);
                if (recipe.centred()) {
                    Centring.undo(analysis.reconstruction(), medians[i]);
                }
                analyses.add(analysis);
            }
            return analyses;
        } finally {
            idle.add(own);
        }
    }

    private float[] centred(float[] images, int count, float[][] medians) {
        float[] centred = new float[count * shape.size()];
        for (int i = 0; i < count; i++) {
            int at = i * shape.size();
            medians[i] = Centring.apply(images, at, centred, at, shape.channels(), shape.pixels());
        }
        return centred;
    }

    /** Reconstructions of all passes, latent vectors of all passes, features of the full pictures. */
    private NDList forward(Scratch own, NDManager manager, float[] images, int count) {
        NDArray pictures = own.input.fill(manager, images, count);
        if (packed.isPresent()) {
            NDList outputs = packed.get().forward(own.parameters, pictures);
            outputs.set(2, network.features(outputs.get(2).get(":{}", count)));
            return outputs;
        }
        NDList outputs = network.forward(own.parameters, new NDList(pictures), false);
        outputs.set(2, outputs.get(2).get(":{}", count));
        return outputs;
    }

    /** Zeros for a recipe that does not ask for them. */
    private static double[] distances(Optional<NeighbourSearch> search, NDArray rows, int count, Readback ranks) {
        return search.isPresent() ? search.get().distances(rows, count, ranks) : new double[count];
    }

    private Analysis analysis(
            ResidualScores residuals,
            float[] images,
            int i,
            int count,
            float[] reconstructions,
            float[] latents,
            double distance,
            double turn) {
        int size = shape.size();
        boolean gradients = recipe.usesGradients();
        residuals.begin(images, i * size, gradients);
        if (recipe.masked()) {
            residuals.add(images, i * size, reconstructions, (count + i) * size, gradients);
            residuals.add(images, i * size, reconstructions, (2 * count + i) * size, gradients);
        } else {
            residuals.add(images, i * size, reconstructions, i * size, gradients);
        }
        double[] parts = new double[recipe.parts().size()];
        for (int k = 0; k < parts.length; k++) {
            parts[k] = part(recipe.parts().get(k), residuals, distance, turn);
        }
        double score = fusion.fuse(parts);
        int latent = network.architecture().latent();
        return new Analysis(
                parts,
                score,
                calibration.pValue(score),
                Arrays.copyOfRange(reconstructions, i * size, (i + 1) * size),
                residuals.residualMap(),
                Arrays.copyOfRange(latents, i * latent, (i + 1) * latent));
    }

    /** A raw score on the scale on which it is fused. */
    private double part(Part part, ResidualScores residuals, double distance, double turn) {
        return switch (part) {
            case RESIDUAL -> Fusion.log(residuals.b2l2());
            case GRADIENT -> Fusion.log(residuals.blgms());
            case PEAK -> Fusion.log(residuals.blmp());
            case PLACE -> residuals.largestAtPlace(places);
            case NEIGHBOURS -> Fusion.log(distance);
            case DIRECTION -> Fusion.log(turn);
        };
    }

    @Override
    public void close() {
        packed.ifPresent(PackedAutoencoder::close);
        holder.close();
    }
}
