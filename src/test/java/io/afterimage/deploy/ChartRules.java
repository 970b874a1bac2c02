package io.afterimage.deploy;

import static io.afterimage.deploy.Manifests.name;

import io.afterimage.config.Configuration;
import io.afterimage.config.ConfigurationException;
import io.afterimage.deploy.Manifests.PodsOf;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What must hold for every rendering of the chart, whatever the values. */
final class ChartRules {
    private static final Set<String> PROBED = Set.of("/livez", "/readyz");

    private final Manifests manifests;
    private final Path scratch;
    private final List<String> mistakes = new ArrayList<>();

    private ChartRules(Manifests manifests, Path scratch) {
        this.manifests = manifests;
        this.scratch = scratch;
    }

    /** One line for each mistake. */
    static List<String> mistakesIn(Manifests manifests, Path scratch) {
        ChartRules rules = new ChartRules(manifests, scratch);
        manifests.all().forEach(resource -> rules.mistakes.addAll(UnknownFields.of(resource)));
        rules.names();
        rules.selectors();
        rules.references();
        manifests.pods().forEach(rules::restricted);
        manifests.pods().forEach(rules::volumes);
        manifests.pods().forEach(rules::ports);
        manifests.pods().stream()
                .filter(pods -> !pods.owner().endsWith("-kafka"))
                .forEach(rules::settings);
        return rules.mistakes;
    }

    private void require(boolean holds, String mistake) {
        if (!holds) {
            mistakes.add(mistake);
        }
    }

    private void names() {
        Set<String> seen = new HashSet<>();
        for (HasMetadata resource : manifests.all()) {
            require(seen.add(name(resource)), name(resource) + " is there twice");
            require(
                    resource.getMetadata().getName().matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?"),
                    name(resource) + " has a name that is not allowed");
        }
    }

    private void selectors() {
        manifests
                .all(StatefulSet.class)
                .forEach(set -> selects(name(set), set.getSpec().getSelector().getMatchLabels()));
        manifests
                .all(Deployment.class)
                .forEach(it -> selects(name(it), it.getSpec().getSelector().getMatchLabels()));
        manifests
                .all(Service.class)
                .forEach(it -> selects(name(it), it.getSpec().getSelector()));
        manifests
                .all(PodDisruptionBudget.class)
                .forEach(it -> selects(name(it), it.getSpec().getSelector().getMatchLabels()));
        manifests
                .all(NetworkPolicy.class)
                .forEach(it -> selects(name(it), it.getSpec().getPodSelector().getMatchLabels()));
        manifests.all(ServiceMonitor.class).forEach(monitor -> {
            Map<String, String> wanted = monitor.getSpec().getSelector().getMatchLabels();
            List<String> components =
                    monitor.getSpec().getSelector().getMatchExpressions().get(0).getValues();
            List<Service> found = manifests
                    .all(Service.class)
                    .filter(it -> it.getMetadata().getLabels().entrySet().containsAll(wanted.entrySet()))
                    .filter(it ->
                            components.contains(it.getMetadata().getLabels().get("app.kubernetes.io/component")))
                    .toList();
            require(!found.isEmpty(), name(monitor) + " selects no service");
            for (Service service : found) {
                monitor.getSpec()
                        .getEndpoints()
                        .forEach(endpoint -> require(
                                service.getSpec().getPorts().stream()
                                        .anyMatch(port -> port.getName().equals(endpoint.getPort())),
                                "%s reads port %s, which %s has not"
                                        .formatted(name(monitor), endpoint.getPort(), name(service))));
            }
        });
    }

    private void selects(String what, Map<String, String> labels) {
        long found = manifests.pods().stream()
                .filter(pods -> pods.metadata().getLabels().entrySet().containsAll(labels.entrySet()))
                .count();
        require(found == 1, "%s selects %d kinds of pods, not one: %s".formatted(what, found, labels));
    }

    /** What resources say about one another by name. */
    private void references() {
        for (StatefulSet set : manifests.all(StatefulSet.class).toList()) {
            String service = set.getSpec().getServiceName();
            require(
                    manifests
                            .named(Service.class, service)
                            .filter(it -> "None".equals(it.getSpec().getClusterIP()))
                            .isPresent(),
                    "%s names %s, which is no headless service".formatted(name(set), service));
        }
        Stream.concat(
                        manifests.untyped("ScaledObject").map(ChartRules::target),
                        manifests
                                .all(io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler.class)
                                .map(it -> it.getSpec().getScaleTargetRef().getName()))
                .forEach(target -> {
                    require(
                            manifests.named(StatefulSet.class, target).isPresent(),
                            "a scaler aims at " + target + ", which is not there");
                    manifests
                            .named(StatefulSet.class, target)
                            .ifPresent(set -> require(
                                    set.getSpec().getReplicas() == null,
                                    name(set) + " has a number of replicas that fights with its scaler"));
                });
        for (GenericKubernetesResource scaled :
                manifests.untyped("ScaledObject").toList()) {
            Object authentication = scaled.get("spec", "triggers", 0, "authenticationRef", "name");
            require(
                    authentication == null
                            || manifests
                                    .untyped("TriggerAuthentication")
                                    .anyMatch(it -> it.getMetadata().getName().equals(authentication)),
                    name(scaled) + " names an authentication that is not there");
        }
    }

    private static String target(GenericKubernetesResource scaled) {
        return Objects.toString(scaled.get("spec", "scaleTargetRef", "name"));
    }

    /** The restricted profile of the Pod Security Standards, a root file system that cannot be written, no API token. */
    private void restricted(PodsOf pods) {
        PodSecurityContext pod = pods.spec().getSecurityContext();
        require(pod != null && Boolean.TRUE.equals(pod.getRunAsNonRoot()), pods.owner() + " may run as root");
        require(
                pod != null && pod.getRunAsUser() != null && pod.getRunAsUser() > 0,
                pods.owner() + " does not say who it runs as");
        require(
                pod != null
                        && pod.getSeccompProfile() != null
                        && "RuntimeDefault".equals(pod.getSeccompProfile().getType()),
                pods.owner() + " has no seccomp profile");
        require(
                Boolean.FALSE.equals(pods.spec().getAutomountServiceAccountToken()),
                pods.owner() + " gets a token of the cluster's API");
        require(Boolean.FALSE.equals(pods.spec().getEnableServiceLinks()), pods.owner() + " gets service links");
        require(
                !Boolean.TRUE.equals(pods.spec().getHostNetwork())
                        && !Boolean.TRUE.equals(pods.spec().getHostPID())
                        && !Boolean.TRUE.equals(pods.spec().getHostIPC()),
                pods.owner() + " uses what belongs to the host");
        pods.containers().forEach(container -> {
            String what = pods.owner() + "/" + container.getName();
            SecurityContext security = container.getSecurityContext();
            require(security != null, what + " has no security context");
            if (security != null) {
                require(
                        Boolean.FALSE.equals(security.getAllowPrivilegeEscalation())
                                && !Boolean.TRUE.equals(security.getPrivileged()),
                        what + " may gain privileges");
                require(
                        Boolean.TRUE.equals(security.getReadOnlyRootFilesystem()),
                        what + " may write to its root file system");
                require(
                        security.getCapabilities() != null
                                && security.getCapabilities().getDrop().contains("ALL")
                                && security.getCapabilities().getAdd().isEmpty(),
                        what + " keeps capabilities");
            }
            require(
                    container.getResources() != null
                            && container.getResources().getLimits().containsKey("memory")
                            && container.getResources().getRequests().containsKey("cpu"),
                    what + " does not say what it takes");
        });
    }

    private void volumes(PodsOf pods) {
        Set<String> volumes = new HashSet<>();
        for (Volume volume : pods.spec().getVolumes()) {
            volumes.add(volume.getName());
            require(volume.getHostPath() == null, pods.owner() + " mounts a path of the host");
            if (volume.getConfigMap() != null) {
                require(
                        manifests
                                .named(ConfigMap.class, volume.getConfigMap().getName())
                                .isPresent(),
                        "%s mounts ConfigMap %s, which is not there"
                                .formatted(pods.owner(), volume.getConfigMap().getName()));
            }
        }
        pods.claims().forEach(claim -> volumes.add(claim.getMetadata().getName()));
        Set<String> used = new HashSet<>();
        pods.containers().forEach(container -> {
            for (VolumeMount mount : container.getVolumeMounts()) {
                used.add(mount.getName());
                require(
                        volumes.contains(mount.getName()),
                        "%s/%s mounts volume %s, which the pod has not"
                                .formatted(pods.owner(), container.getName(), mount.getName()));
            }
        });
        volumes.removeAll(used);
        require(volumes.isEmpty(), pods.owner() + " has volumes that nobody mounts: " + volumes);
    }

    private void ports(PodsOf pods) {
        pods.containers().forEach(container -> {
            String what = pods.owner() + "/" + container.getName();
            for (Probe probe : Stream.of(
                            container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe())
                    .filter(Objects::nonNull)
                    .toList()) {
                if (probe.getHttpGet() != null) {
                    require(
                            PROBED.contains(probe.getHttpGet().getPath()),
                            what + " is probed at " + probe.getHttpGet().getPath());
                    port(what, container, probe.getHttpGet().getPort().getStrVal());
                } else {
                    port(what, container, probe.getTcpSocket().getPort().getStrVal());
                }
            }
        });
        for (Service service : manifests.all(Service.class).toList()) {
            if (pods.metadata()
                    .getLabels()
                    .entrySet()
                    .containsAll(service.getSpec().getSelector().entrySet())) {
                for (ServicePort port : service.getSpec().getPorts()) {
                    port(name(service), pods.main(), port.getTargetPort().getStrVal());
                    require(
                            pods.main().getPorts().stream()
                                    .anyMatch(it -> it.getContainerPort().equals(port.getPort())),
                            name(service) + " has another port than its pods, and is headless");
                }
            }
        }
    }

    private void port(String what, Container container, @Nullable String port) {
        require(
                container.getPorts().stream().anyMatch(it -> it.getName().equals(port)),
                "%s asks at port %s, which %s has not".formatted(what, port, container.getName()));
    }

    /** Everything the chart tells the service is a setting of the service, with a value that it takes. */
    private void settings(PodsOf pods) {
        pods.containers().forEach(container -> {
            String what = pods.owner() + "/" + container.getName();
            try {
                Configuration read =
                        PodConfiguration.of(manifests, pods, container).load(scratch);
                if (container.getArgs().equals(List.of("serve"))) {
                    serves(what, pods, container, read);
                } else if (container.getArgs().equals(List.of("retrain"))) {
                    listens(what, container, read.retrain().httpPort());
                }
            } catch (ConfigurationException e) {
                mistakes.addAll(
                        e.mistakes().stream().map(why -> what + ": " + why).toList());
            } catch (AssertionError e) {
                mistakes.add(what + ": " + e.getMessage());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void serves(String what, PodsOf pods, Container container, Configuration read) {
        listens(what, container, read.service().httpPort());
        String state = read.service().stateDir().toString();
        require(
                container.getVolumeMounts().stream()
                        .anyMatch(mount ->
                                mount.getMountPath().equals(state) && !Boolean.TRUE.equals(mount.getReadOnly())),
                what + " keeps its state in " + state + ", where nothing is mounted");
        Object server = read.kafka().forStreams().get("application.server");
        String set = pods.owner().substring(pods.owner().indexOf(' ') + 1);
        String expected = "%s-0.%s.%s.svc:%d"
                .formatted(
                        set,
                        manifests
                                .named(StatefulSet.class, set)
                                .orElseThrow()
                                .getSpec()
                                .getServiceName(),
                        Chart.NAMESPACE,
                        read.service().httpPort());
        require(expected.equals(server), "%s says it is found at %s, but that is %s".formatted(what, server, expected));
    }

    private void listens(String what, Container container, int port) {
        require(
                container.getPorts().stream().anyMatch(it -> it.getContainerPort() == port),
                what + " listens on " + port + ", which is not its port");
    }
}
