package io.afterimage.retrain;

import io.afterimage.config.KafkaSettings;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelEvents;
import io.afterimage.registry.ModelPublisher;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.wire.ModelEvent;
import java.security.PrivateKey;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the gate decided: publishes the candidate that was promoted and says why the others were refused. */
final class Promoter {
    private static final Logger LOG = LoggerFactory.getLogger(Promoter.class);

    private final KafkaSettings kafka;
    private final Retrainer.Channels channels;
    private final String name;
    private final ModelSignatures signatures;
    private final Optional<PrivateKey> signingKey;
    private final int keep;
    private final ModelEvents events;
    private final Clock clock;
    private final String instance;

    Promoter(
            KafkaSettings kafka,
            Retrainer.Channels channels,
            String name,
            ModelSignatures signatures,
            Optional<PrivateKey> signingKey,
            int keep,
            ModelEvents events,
            Clock clock,
            String instance) {
        this.kafka = kafka;
        this.channels = channels;
        this.name = name;
        this.signatures = signatures;
        this.signingKey = signingKey;
        this.keep = keep;
        this.events = events;
        this.clock = clock;
        this.instance = instance;
    }

    /**
     * Looks whether what it publishes would be taken, before anything is trained.
     *
     * @throws ModelRejectedException when models must be signed, and the key is missing or none of those that are trusted
     */
    void requireTrusted(ModelArtifact any) throws ModelRejectedException {
        try {
            signatures.verify(signed(any));
        } catch (ModelRejectedException e) {
            throw new ModelRejectedException(
                    "no instance would take a model that is published from here: " + e.getMessage(), e);
        }
    }

    /** Puts the model on the topic that the service began with, so that there is a way back to it. */
    void first(ModelArtifact initial) throws ModelRejectedException {
        publish(initial, "the model the service began with", initial.manifest().quality());
    }

    /**
     * Publishes the promoted candidate, if any. May be called again after brokers failed: what was published by then is not
     * published twice.
     *
     * @param version that is current now
     * @return whether a candidate was promoted
     * @throws io.afterimage.registry.PublisherFencedException when another publisher came in between; the next call looks again
     */
    boolean settle(Round.Result result, String version) throws ModelRejectedException {
        boolean published = false;
        for (Promotion promotion : result.promotions()) {
            if (!promotion.promoted()) {
                refuse(promotion, promotion.reason());
            } else if (version.equals(promotion.version())) {
                LOG.info("Candidate {} is current already", version);
                published = true;
            } else if (!version.equals(result.comparedWith())) {
                refuse(
                        promotion,
                        "it was compared with %s, but meanwhile %s has become the current model"
                                .formatted(result.comparedWith(), version));
            } else {
                ModelArtifact candidate =
                        Objects.requireNonNull(result.candidates().get(promotion.version()));
                LOG.info("Candidate {} is promoted: {}", promotion.version(), promotion.reason());
                publish(candidate.withQuality(quality(promotion)), promotion.reason(), promotion.figures());
                published = true;
            }
        }
        return published;
    }

    private void publish(ModelArtifact model, String reason, Map<String, Double> figures)
            throws ModelRejectedException {
        try (ModelPublisher publisher = new ModelPublisher(
                kafka.forProducer(),
                kafka.forConsumer(),
                channels.models(),
                channels.modelEvents(),
                name,
                signatures,
                clock,
                instance)) {
            publisher.publish(signed(model), true, reason, figures, keep);
        }
    }

    private ModelArtifact signed(ModelArtifact model) {
        return signingKey.map(key -> ModelSignatures.sign(model, key)).orElse(model);
    }

    private void refuse(Promotion promotion, String reason) {
        LOG.info("Candidate {} is refused: {}", promotion.version(), reason);
        events.publish(ModelEvent.of(
                ModelEvent.Type.REFUSED,
                name,
                promotion.version(),
                promotion.previous(),
                reason,
                clock.instant(),
                promotion.figures(),
                instance));
    }

    /** What a list of models shows. */
    private static Map<String, Double> quality(Promotion promotion) {
        Map<String, Double> quality = new LinkedHashMap<>();
        promotion.figures().forEach((figure, value) -> {
            if (figure.endsWith(".candidate")) {
                quality.put(figure.substring(0, figure.length() - ".candidate".length()), value);
            }
        });
        return quality;
    }
}
