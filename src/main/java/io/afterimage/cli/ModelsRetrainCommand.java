package io.afterimage.cli;

import io.afterimage.wire.ModelEvent;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Asks the retrainer for a training. */
@Command(
        name = "retrain",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Asks the running retrainer to train now, on what it has in its window.",
            "What comes of it is on the topic of model events."
        })
final class ModelsRetrainCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private ReasonOption reason = new ReasonOption();

    @Override
    public Integer call() throws InterruptedException {
        registry.say(ModelEvent.Type.REQUESTED, reason.or("asked for by hand"));
        spec.commandLine().getOut().println("asked the retrainer to train model " + registry.name());
        return Main.OK;
    }
}
