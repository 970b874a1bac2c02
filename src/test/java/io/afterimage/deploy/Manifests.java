package io.afterimage.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A rendered chart, read into the types of its resources. */
record Manifests(List<HasMetadata> all) {
    /**
     * Everything the chart may make. Nothing in here reaches beyond the release's namespace. KEDA has no types in Java;
     * deploy/helm holds its resources to its schemas.
     */
    private static final Map<String, Class<? extends HasMetadata>> TYPES = Map.ofEntries(
            Map.entry("v1 ConfigMap", ConfigMap.class),
            Map.entry("v1 Pod", Pod.class),
            Map.entry("v1 Secret", Secret.class),
            Map.entry("v1 Service", Service.class),
            Map.entry("v1 ServiceAccount", ServiceAccount.class),
            Map.entry("apps/v1 Deployment", Deployment.class),
            Map.entry("apps/v1 StatefulSet", StatefulSet.class),
            Map.entry("autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            Map.entry("batch/v1 Job", Job.class),
            Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
            Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("monitoring.coreos.com/v1 PrometheusRule", PrometheusRule.class),
            Map.entry("monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class),
            Map.entry("kafka.strimzi.io/v1 KafkaTopic", KafkaTopic.class),
            Map.entry("kafka.strimzi.io/v1 KafkaUser", KafkaUser.class),
            Map.entry("keda.sh/v1alpha1 ScaledObject", GenericKubernetesResource.class),
            Map.entry("keda.sh/v1alpha1 TriggerAuthentication", GenericKubernetesResource.class));

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** Pods of one resource, with the labels they will have. */
    record PodsOf(String owner, ObjectMeta metadata, PodSpec spec, List<PersistentVolumeClaim> claims) {
        /** The container the pod is for. */
        Container main() {
            return spec.getContainers().get(0);
        }

        Stream<Container> containers() {
            return Stream.concat(spec.getInitContainers().stream(), spec.getContainers().stream());
        }
    }

    /** Thrown for YAML that is not what the types say. */
    static final class NotAManifestException extends IllegalArgumentException {
        NotAManifestException(String message) {
            super(message);
        }
    }

    static Manifests of(String rendered) {
        try {
            List<HasMetadata> found = new ArrayList<>();
            for (JsonNode document : YAML.readerFor(JsonNode.class)
                    .<JsonNode>readValues(rendered)
                    .readAll()) {
                if (document.isObject() && !document.isEmpty()) {
                    found.add(read(document));
                }
            }
            return new Manifests(List.copyOf(found));
        } catch (JsonProcessingException e) {
            throw new NotAManifestException(e.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HasMetadata read(JsonNode document) throws JsonProcessingException {
        String kind = document.path("apiVersion").asText() + " "
                + document.path("kind").asText();
        Class<? extends HasMetadata> type = TYPES.get(kind);
        if (type == null) {
            throw new NotAManifestException("a chart of this service makes no " + kind);
        }
        HasMetadata resource = YAML.treeToValue(document, type);
        requireKept(document, YAML.valueToTree(resource), name(resource));
        return resource;
    }

    /** A type reads what is not one of its names as nothing at all; the value is then gone when it is written again. */
    private static void requireKept(JsonNode given, JsonNode kept, String path) {
        given.properties()
                .forEach(
                        field -> requireKept(field.getValue(), kept.path(field.getKey()), path + "." + field.getKey()));
        for (int i = 0; given.isArray() && i < given.size(); i++) {
            requireKept(given.get(i), kept.path(i), path + "[" + i + "]");
        }
        if (given.isValueNode() && !given.isNull() && !given.asText().equals(kept.asText())) {
            throw new NotAManifestException("%s cannot be '%s'".formatted(path, given.asText()));
        }
    }

    <T extends HasMetadata> Stream<T> all(Class<T> type) {
        return all.stream().filter(type::isInstance).map(type::cast);
    }

    <T extends HasMetadata> Optional<T> named(Class<T> type, String name) {
        return all(type).filter(one -> one.getMetadata().getName().equals(name)).findFirst();
    }

    /** What the chart makes of a kind that has no type. */
    Stream<GenericKubernetesResource> untyped(String kind) {
        return all(GenericKubernetesResource.class).filter(one -> one.getKind().equals(kind));
    }

    List<PodsOf> pods() {
        List<PodsOf> pods = new ArrayList<>();
        all(StatefulSet.class)
                .forEach(set -> pods.add(new PodsOf(
                        name(set),
                        set.getSpec().getTemplate().getMetadata(),
                        set.getSpec().getTemplate().getSpec(),
                        set.getSpec().getVolumeClaimTemplates())));
        all(Deployment.class)
                .forEach(deployment -> pods.add(new PodsOf(
                        name(deployment),
                        deployment.getSpec().getTemplate().getMetadata(),
                        deployment.getSpec().getTemplate().getSpec(),
                        List.of())));
        all(Job.class)
                .forEach(job -> pods.add(new PodsOf(
                        name(job),
                        job.getSpec().getTemplate().getMetadata(),
                        job.getSpec().getTemplate().getSpec(),
                        List.of())));
        all(Pod.class).forEach(pod -> pods.add(new PodsOf(name(pod), pod.getMetadata(), pod.getSpec(), List.of())));
        return pods;
    }

    /** The pods of one component: {@code scoring}, {@code retrainer}, {@code topics}, {@code test} or {@code kafka}. */
    PodsOf component(String component) {
        return pods().stream()
                .filter(pods -> component.equals(pods.metadata().getLabels().get("app.kubernetes.io/component")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the chart makes no pods of " + component));
    }

    static String name(HasMetadata resource) {
        return resource.getKind() + " " + resource.getMetadata().getName();
    }
}
