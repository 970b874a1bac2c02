package io.afterimage.deploy;

import io.afterimage.config.Configuration;
import io.afterimage.config.RetrainSettings;
import io.afterimage.config.ServiceSettings;
import io.afterimage.config.Setting;
import io.afterimage.deploy.Manifests.PodsOf;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What a container of the service finds when it starts: its variables and the files of its config map. */
record PodConfiguration(Map<String, String> environment, Map<String, String> files) {
    private static final String FILE = "AFTERIMAGE_CONFIG";
    /** For the launcher, which is a program of its own. */
    private static final List<String> OF_THE_LAUNCHER = List.of(FILE, "AFTERIMAGE_HEAP", "AFTERIMAGE_LOG_LEVEL");

    static PodConfiguration of(Manifests manifests, PodsOf pods, Container container) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (EnvVar variable : container.getEnv()) {
            environment.put(variable.getName(), value(variable, pods, environment));
        }
        Map<String, String> files = new LinkedHashMap<>();
        for (VolumeMount mount : container.getVolumeMounts()) {
            for (Volume volume : pods.spec().getVolumes()) {
                if (volume.getName().equals(mount.getName()) && volume.getConfigMap() != null) {
                    manifests
                            .named(ConfigMap.class, volume.getConfigMap().getName())
                            .orElseThrow(() -> new AssertionError(
                                    "no ConfigMap " + volume.getConfigMap().getName()))
                            .getData()
                            .forEach((name, text) -> files.put(mount.getMountPath() + "/" + name, text));
                }
            }
        }
        return new PodConfiguration(environment, files);
    }

    /** The same with texts replaced everywhere: paths and addresses of a pod by those of this machine. */
    PodConfiguration with(Map<String, String> replacements) {
        Map<String, String> there = new LinkedHashMap<>();
        environment.forEach((name, value) -> there.put(name, replace(value, replacements)));
        Map<String, String> mounted = new LinkedHashMap<>();
        files.forEach((name, text) -> mounted.put(replace(name, replacements), replace(text, replacements)));
        return new PodConfiguration(there, mounted);
    }

    static String replace(String text, Map<String, String> replacements) {
        String replaced = text;
        for (Map.Entry<String, String> one : replacements.entrySet()) {
            replaced = replaced.replace(one.getKey(), one.getValue());
        }
        return replaced;
    }

    private static String value(EnvVar variable, PodsOf pods, Map<String, String> before) {
        if (variable.getValueFrom() != null && variable.getValueFrom().getFieldRef() != null) {
            return switch (variable.getValueFrom().getFieldRef().getFieldPath()) {
                case "metadata.name" ->
                    pods.owner().substring(pods.owner().indexOf(' ') + 1).concat("-0");
                case "metadata.namespace" -> Chart.NAMESPACE;
                default -> throw new AssertionError("a test knows no " + variable.getValueFrom());
            };
        }
        String text = variable.getValue();
        for (Map.Entry<String, String> earlier : before.entrySet()) {
            text = text.replace("$(" + earlier.getKey() + ")", earlier.getValue());
        }
        return text;
    }

    /** The properties file the container is told to read. */
    String properties() {
        String name = environment.getOrDefault(FILE, "");
        String text = files.get(name);
        if (text == null) {
            throw new AssertionError("%s=%s is not mounted; there are %s".formatted(FILE, name, files.keySet()));
        }
        return text;
    }

    /**
     * Reads it as the service does.
     *
     * @throws io.afterimage.config.ConfigurationException listing what the service would refuse
     */
    Configuration load(Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("afterimage.properties"), properties());
        return Configuration.load(flags(), file);
    }

    /** Variables under the keys that flags have, which win over a file likewise. */
    private Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith("KAFKA_")) {
                String property = name.substring("KAFKA_".length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '.');
                flags.put("kafka." + property, value);
            } else if (name.startsWith("AFTERIMAGE_") && !OF_THE_LAUNCHER.contains(name)) {
                flags.put(
                        settings()
                                .filter(setting -> setting.variable().equals(name))
                                .map(Setting::property)
                                .findFirst()
                                .orElse(name),
                        value);
            }
        });
        return flags;
    }

    static Stream<Setting<?>> settings() {
        return Stream.concat(ServiceSettings.describe().stream(), RetrainSettings.describe().stream());
    }
}
