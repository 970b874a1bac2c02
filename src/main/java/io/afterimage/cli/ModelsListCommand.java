package io.afterimage.cli;

import io.afterimage.registry.ModelsTopic;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Shows the versions of a model. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Shows the versions of a model that are on Kafka, the newest first.",
            "* marks the current one, a number how many rollbacks lead to it, ~ the challenger that scores along,",
            "! an incomplete upload."
        })
final class ModelsListCommand implements Callable<Integer> {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Option(names = "--json", description = "Print one JSON array.")
    private boolean json;

    @Override
    public Integer call() {
        try (ModelsTopic topic = registry.read()) {
            List<ModelRow> rows = ModelRow.of(topic, registry.name());
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(JSON.writeValueAsString(rows));
            } else if (rows.isEmpty()) {
                out.println(RegistryOptions.nothing(topic, registry.name()));
            } else {
                ModelRow.print(rows, out);
            }
        }
        return Main.OK;
    }
}
