package io.afterimage.cli;

import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelsTopic;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Fetches a version and shows what its manifest says. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Fetches a version, verifies it and prints its manifest, without the long calibration sample.")
final class ModelsShowCommand implements Callable<Integer> {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Parameters(paramLabel = "VERSION", arity = "0..1", description = "Default: the current one.")
    private @Nullable String version;

    @Option(names = "--json", description = "Print the whole manifest, the calibration sample included.")
    private boolean json;

    @Override
    public Integer call() {
        try (ModelsTopic topic = registry.read()) {
            String name = registry.name();
            String shown = version != null
                    ? version
                    : topic.current(name)
                            .orElseThrow(() -> new CommandFailedException(RegistryOptions.nothing(topic, name)))
                            .version();
            RegistryOptions.requireVersion(topic, name, shown);
            return print(topic.load(name, shown).manifest());
        } catch (ModelRejectedException e) {
            throw new CommandFailedException(
                    "No instance would take version %s: %s".formatted(version, e.getMessage()), e);
        }
    }

    private int print(ModelManifest manifest) {
        ObjectNode node = JSON.valueToTree(manifest);
        if (!json) {
            node.put("calibration", "%d scores".formatted(manifest.calibration().size()));
        }
        spec.commandLine().getOut().println(JSON.writeValueAsString(node));
        return Main.OK;
    }
}
