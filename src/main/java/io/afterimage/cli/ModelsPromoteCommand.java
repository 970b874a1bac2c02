package io.afterimage.cli;

import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelPublisher;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a version current. */
@Command(
        name = "promote",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Makes a version current that is on Kafka whole and unharmed.",
            "If it was the challenger, it no longer scores along."
        })
final class ModelsPromoteCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Parameters(paramLabel = "VERSION", description = "As `models list` shows it.")
    private String version = "";

    @Mixin
    private ReasonOption reason = new ReasonOption();

    @Override
    public Integer call() {
        registry.requireVersion(version);
        try (ModelPublisher publisher = registry.publisher()) {
            ChangePrint.move(
                    spec.commandLine().getOut(), "promoted", publisher.promote(version, reason.or("promoted by hand")));
            return Main.OK;
        } catch (ModelRejectedException e) {
            throw new CommandFailedException("Not promoted: " + e.getMessage(), e);
        }
    }
}
