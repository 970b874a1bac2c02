package io.afterimage.cli;

import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelPublisher;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Makes the version current again that was before. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Makes the version current again that was before. Once more goes one further back.",
            "The version rolled back from stays on Kafka: `models promote` brings it back."
        })
final class ModelsRollbackCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private ReasonOption reason = new ReasonOption();

    @Override
    public Integer call() {
        try (ModelPublisher publisher = registry.publisher()) {
            ChangePrint.move(
                    spec.commandLine().getOut(), "rolled back", publisher.rollback(reason.or("rolled back by hand")));
            return Main.OK;
        } catch (ModelRejectedException e) {
            throw new CommandFailedException(
                    "Not rolled back: %s; `afterimage models list` shows what can be promoted"
                            .formatted(e.getMessage()),
                    e);
        }
    }
}
