package io.afterimage.cli;

import io.afterimage.registry.ModelPublisher;
import io.afterimage.registry.ModelPublisher.Change;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Deletes what nobody needs any more. */
@Command(
        name = "prune",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Deletes incomplete uploads and all versions but the newest; never the current one and never the challenger."
        })
final class ModelsPruneCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private KeepOption keep = new KeepOption();

    @Override
    public Integer call() {
        int kept = keep.value();
        try (ModelPublisher publisher = registry.publisher()) {
            Change change = publisher.prune(kept);
            PrintWriter out = spec.commandLine().getOut();
            ChangePrint.pruned(out, change);
            if (change.pruned().isEmpty()) {
                out.println("nothing to prune");
            }
            return Main.OK;
        }
    }
}
