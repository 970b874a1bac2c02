package io.afterimage.cli;

import io.afterimage.wire.ModelEvent;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tells the retrainer that a new normal may be learned. */
@Command(
        name = "confirm",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Tells the retrainer that what the stream has become is normal now and may be learned.",
            "It holds a new normal back until then with afterimage.retrain.confirm=true."
        })
final class ModelsConfirmCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private ReasonOption reason = new ReasonOption();

    @Override
    public Integer call() throws InterruptedException {
        registry.say(ModelEvent.Type.CONFIRMED, reason.or("confirmed by hand"));
        spec.commandLine().getOut().println("told the retrainer that model " + registry.name() + " may learn it");
        return Main.OK;
    }
}
