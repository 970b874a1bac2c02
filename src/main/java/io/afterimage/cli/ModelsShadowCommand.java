package io.afterimage.cli;

import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelPublisher;
import io.afterimage.registry.ModelPublisher.Change;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets a version score along without a say, in every instance, or ends that. */
@Command(
        name = "shadow",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Lets a version score along in every running instance, within two seconds and without a restart: a challenger.",
            "Verdicts come from the current version alone; both opinions go to the topic of shadow scores, which",
            "`models compare` reads. It ends with --off, or when the version is promoted. Scoring takes the time of both.",
            "An instance that has a challenger of its own configured (AFTERIMAGE_CHALLENGER) keeps that one."
        },
        footer = {
            "",
            "Examples:",
            "  afterimage models publish --model ./models/parts --no-promote",
            "  afterimage models shadow 0c17f2e6b9d4",
            "  afterimage models compare a59da8972f18 0c17f2e6b9d4 --since 1h",
            "  afterimage models shadow --off"
        })
final class ModelsShadowCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @ArgGroup(multiplicity = "1")
    private Wish wish = new Wish();

    @Mixin
    private ReasonOption reason = new ReasonOption();

    /** One or the other. */
    static final class Wish {
        @Parameters(paramLabel = "VERSION", arity = "1", description = "As `models list` shows it.")
        private @Nullable String version;

        @Option(names = "--off", required = true, description = "No version scores along any more.")
        private boolean off;
    }

    @Override
    public Integer call() {
        String version = wish.version;
        if (wish.off || version == null) {
            return end();
        }
        registry.requireVersion(version);
        try (ModelPublisher publisher = registry.publisher()) {
            Change change = publisher.shadow(version, reason.or("shadowed by hand"));
            ChangePrint.move(spec.commandLine().getOut(), "challenger", change);
            return Main.OK;
        } catch (ModelRejectedException e) {
            throw new CommandFailedException("Not made the challenger: " + e.getMessage(), e);
        }
    }

    private int end() {
        try (ModelPublisher publisher = registry.publisher()) {
            Change change = publisher.endShadow(reason.or("ended by hand"));
            if (change.from().isEmpty()) {
                spec.commandLine().getOut().println("there is no challenger");
            } else {
                ChangePrint.move(spec.commandLine().getOut(), "challenger", change);
            }
            return Main.OK;
        }
    }
}
