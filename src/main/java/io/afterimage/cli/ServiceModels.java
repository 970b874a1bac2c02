package io.afterimage.cli;

import io.afterimage.config.ConfigurationException;
import io.afterimage.config.ServiceSettings;
import io.afterimage.config.Setting;
import io.afterimage.model.Challenger;
import io.afterimage.model.CurrentModel;
import io.afterimage.model.LoadedModel;
import io.afterimage.model.ScoringModel;
import io.afterimage.model.Task;
import io.afterimage.stream.ServedModels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The models that a service is configured with. What can be refused without Kafka is refused here. */
final class ServiceModels {
    private ServiceModels() {}

    /**
     * Loads one model for each task that is configured.
     *
     * @throws ConfigurationException when a model was calibrated on too few images for the configured alpha, or two share a name
     * @throws CommandFailedException when a model cannot be used
     */
    static ServedModels load(ServiceSettings settings) {
        ServedModels models = ServedModels.of(new CurrentModel<>(Models.load(settings.model()), 0), new Challenger());
        try {
            models = models.withDenoising(load(settings.denoiseModel(), ModelLoading.pictures(Task.DENOISE)));
            models = models.withUpscaling(load(settings.upscaleModel(), ModelLoading.pictures(Task.SUPER_RESOLVE)));
            models = models.withGenerating(load(settings.generateModel(), ModelLoading.newPictures()));
            requireDifferentNames(models);
            try (CurrentModel.Lease<ScoringModel> lease = models.scoring().lease()) {
                requireSupports(lease.model(), settings.alpha(), ServiceSettings.ALPHA);
            }
            if (!settings.challenger().isEmpty() && !Models.isVersion(settings.challenger())) {
                enter(models.challenger(), Models.load(settings.challenger()), settings);
            }
            return models;
        } catch (RuntimeException e) {
            models.close();
            throw e;
        }
    }

    private static <M extends LoadedModel> Optional<CurrentModel<M>> load(String directory, ModelLoading<M> loading) {
        return directory.isEmpty()
                ? Optional.empty()
                : Optional.of(new CurrentModel<>(Models.load(directory, loading), 0));
    }

    /** A name has one current version, so two tasks cannot follow the same name. */
    private static void requireDifferentNames(ServedModels models) {
        Map<String, Setting<?>> taken = new HashMap<>();
        take(taken, Optional.of(models.scoring()), ServiceSettings.MODEL);
        take(taken, models.denoising(), ServiceSettings.DENOISE_MODEL);
        take(taken, models.upscaling(), ServiceSettings.UPSCALE_MODEL);
        take(taken, models.generating(), ServiceSettings.GENERATE_MODEL);
    }

    private static void take(
            Map<String, Setting<?>> taken, Optional<? extends CurrentModel<?>> model, Setting<?> setting) {
        if (model.isEmpty()) {
            return;
        }
        String name = model.get().manifest().name();
        Setting<?> other = taken.putIfAbsent(name, setting);
        if (other != null) {
            throw new ConfigurationException(List.of(
                    "%s: the model is named '%s', as the one of %s is; each task follows a model of its own name"
                            .formatted(setting.property(), name, other.property())));
        }
    }

    /** Lets a model score along. */
    static void enter(Challenger challenger, ScoringModel model, ServiceSettings settings) {
        challenger.enter(model);
        requireSupports(model, settings.alpha(), ServiceSettings.CHALLENGER);
    }

    private static void requireSupports(ScoringModel model, double alpha, Setting<?> setting) {
        try {
            model.calibration().requireSupports(alpha);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(List.of(setting.property() + ": " + e.getMessage()));
        }
    }
}
