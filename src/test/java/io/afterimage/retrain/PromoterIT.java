package io.afterimage.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.afterimage.config.KafkaSettings;
import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.Meanwhile;
import io.afterimage.registry.ModelEvents;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.registry.ModelWatcher;
import io.afterimage.registry.ModelsTopic;
import io.afterimage.registry.PublisherFencedException;
import io.afterimage.registry.Registry;
import io.afterimage.registry.RegistryCase;
import io.afterimage.registry.SmallModel;
import io.afterimage.wire.ModelEvent;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the retrainer publishes, and the models of others that it goes on from. */
@Tag("kafka")
class PromoterIT extends RegistryCase {
    private final String name = registry.name();

    @Test
    void instancesWithThePublicKeyTakeWhatTheRetrainerSigned() throws Exception {
        KeyPair keys = keys();
        ModelSignatures trusted = trust(keys);
        ModelArtifact first = SmallModel.of(name, 1);
        ModelArtifact candidate = SmallModel.of(name, 2);
        try (ModelEvents events = events()) {
            Promoter promoter = promoter(trusted, Optional.of(keys.getPrivate()), events, Clock.systemUTC());
            promoter.requireTrusted(first);
            promoter.first(first);
            Registry.Told told = new Registry.Told();
            try (ModelWatcher watcher = registry.watcher(told, trusted)) {
                assertThat(watcher.startUp(Registry.SOON).orElseThrow().version())
                        .isEqualTo(version(first));
                assertThat(promoter.settle(promoted(first, candidate), version(first)))
                        .isTrue();
                registry.publish(3);
                watcher.awaitLatest(Registry.SOON);
            }
            assertThat(told.models).containsExactly(version(first), version(candidate));
            assertThat(told.rejected).singleElement().asString().contains("not signed");
        }
    }

    @Test
    void withoutATrustedKeyItSaysAtTheStartThatNobodyWouldTakeItsModels() throws Exception {
        ModelSignatures trusted = trust(keys());
        try (ModelEvents events = events()) {
            assertThatExceptionOfType(ModelRejectedException.class)
                    .isThrownBy(() -> promoter(trusted, Optional.empty(), events, Clock.systemUTC())
                            .requireTrusted(SmallModel.of(name, 1)))
                    .withMessageContaining("no instance would take a model that is published from here")
                    .withMessageContaining("not signed");
            PrivateKey another = keys().getPrivate();
            assertThatExceptionOfType(ModelRejectedException.class)
                    .isThrownBy(() -> promoter(trusted, Optional.of(another), events, Clock.systemUTC())
                            .requireTrusted(SmallModel.of(name, 1)))
                    .withMessageContaining("none of the keys that are trusted");
            assertThatCode(() -> promoter(ModelSignatures.NOT_REQUIRED, Optional.empty(), events, Clock.systemUTC())
                            .requireTrusted(SmallModel.of(name, 1)))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void oneThatWasFencedLooksAgainAndRefusesWhatWasComparedWithAnotherModel() throws Exception {
        ModelArtifact first = SmallModel.of(name, 1);
        ModelArtifact candidate = SmallModel.of(name, 2);
        ModelArtifact between = SmallModel.of(name, 3);
        registry.publish(first);
        try (ModelEvents events = events()) {
            Clock clock = new Meanwhile(() -> registry.publish(between));
            Promoter promoter = promoter(ModelSignatures.NOT_REQUIRED, Optional.empty(), events, clock);
            Round.Result result = promoted(first, candidate);
            assertThatExceptionOfType(PublisherFencedException.class)
                    .isThrownBy(() -> promoter.settle(result, version(first)));
            assertThat(registry.startsWith()).isEqualTo(version(between));

            assertThat(promoter.settle(result, version(between))).isFalse();
        }
        assertThat(registry.startsWith()).isEqualTo(version(between));
        assertThat(refusals())
                .singleElement()
                .asString()
                .contains("compared with " + version(first), version(between) + " has become the current model");
    }

    @Test
    void whatIsCurrentAlreadyIsNotPublishedAgain() throws Exception {
        ModelArtifact first = SmallModel.of(name, 1);
        ModelArtifact candidate = SmallModel.of(name, 2);
        registry.publish(first);
        try (ModelEvents events = events()) {
            Promoter promoter = promoter(ModelSignatures.NOT_REQUIRED, Optional.empty(), events, Clock.systemUTC());
            Round.Result result = promoted(first, candidate);
            assertThat(promoter.settle(result, version(first))).isTrue();
            int records = deployment.committed(deployment.topics().models()).size();
            assertThat(promoter.settle(result, version(candidate))).isTrue();
            assertThat(deployment.committed(deployment.topics().models())).hasSize(records);
        }
        assertThat(refusals()).isEmpty();
    }

    @Test
    void aModelThatCouldNotBeUsedIsTriedAgainWhenItWasUploadedAgain() throws Exception {
        ModelArtifact first = SmallModel.of(name, 1);
        ModelArtifact second = SmallModel.of(name, 2);
        registry.publish(first);
        try (ModelsTopic topic = registry.unread(ModelSignatures.NOT_REQUIRED)) {
            FollowedModel followed = new FollowedModel(topic, name);
            registry.publish(second);
            damage(second);
            assertThat(followed.followToEnd()).isFalse();
            assertThat(followed.followToEnd()).isFalse();
            assertThat(followed.version()).isEqualTo(version(first));

            registry.publish(second);
            assertThat(followed.followToEnd()).isTrue();
            assertThat(followed.version()).isEqualTo(version(second));
        }
    }

    private void damage(ModelArtifact model) throws Exception {
        String key = "chunk/%s/%s/1".formatted(name, version(model));
        deployment.send(List.of(new ProducerRecord<>(
                deployment.topics().models(), 0, key.getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3})));
    }

    private static Round.Result promoted(ModelArtifact current, ModelArtifact candidate) {
        Promotion promotion = new Promotion(
                Promotion.Decision.PROMOTED,
                candidate.manifest().name(),
                version(candidate),
                version(current),
                "it is better",
                Map.of("auroc.candidate", 0.99),
                100,
                0);
        return new Round.Result(
                version(current), List.of(promotion), Map.of(version(candidate), candidate), new Trimming(1, 2, 0, 1));
    }

    private Promoter promoter(ModelSignatures signatures, Optional<PrivateKey> key, ModelEvents events, Clock clock) {
        KafkaSettings kafka = deployment.configuration(Map.of()).kafka();
        Retrainer.Channels channels = new Retrainer.Channels(
                deployment.topics().images(),
                deployment.topics().scores(),
                deployment.topics().models(),
                deployment.topics().modelEvents());
        return new Promoter(kafka, channels, name, signatures, key, 5, events, clock, "test");
    }

    private List<String> refusals() {
        return registry.events().stream()
                .filter(event -> event.type().equals(ModelEvent.Type.REFUSED.label()))
                .map(ModelEvent::reason)
                .toList();
    }

    private ModelEvents events() {
        return new ModelEvents(registry.client(), deployment.topics().modelEvents());
    }

    private static String version(ModelArtifact model) {
        return model.manifest().version();
    }

    private static KeyPair keys() throws Exception {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }

    private static ModelSignatures trust(KeyPair keys) {
        return ModelSignatures.of(
                Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()));
    }
}
