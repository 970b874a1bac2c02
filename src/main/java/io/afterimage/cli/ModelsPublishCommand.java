package io.afterimage.cli;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelPublisher;
import io.afterimage.registry.ModelPublisher.Change;
import io.afterimage.registry.ModelSignatures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts a model on Kafka. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Puts a model on Kafka, in one transaction. With --promote instances take it at once;",
            "otherwise it waits for `models promote`.",
            "",
            "To sign models, make a key once, keep it where models are made, and give its public half to",
            "the instances:",
            "  openssl genpkey -algorithm ed25519 -out model-key.pem",
            "  openssl pkey -in model-key.pem -pubout -out model-key.pub"
        })
final class ModelsPublishCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Folder of a model, or builtin.")
    private String model = "";

    @Option(
            names = "--promote",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Make it current at once, or with --no-promote leave it waiting. Default: --promote")
    private boolean promote;

    @Option(names = "--sign-with", paramLabel = "FILE", description = "Ed25519 private key (PKCS#8 PEM).")
    private @Nullable Path key;

    @Mixin
    private KeepOption keep = new KeepOption();

    @Mixin
    private ReasonOption reason = new ReasonOption();

    @Override
    public Integer call() {
        int kept = keep.value();
        ModelArtifact artifact = signed(Models.read(model), key);
        String version = artifact.manifest().version();
        String name = artifact.manifest().name();
        try (ModelPublisher publisher = registry.publisher(name)) {
            Change change = publisher.publish(artifact, promote, reason.or("published by hand"), kept);
            PrintWriter out = spec.commandLine().getOut();
            out.printf("published  %s %s%n", name, version);
            if (promote) {
                ChangePrint.move(out, "promoted", change);
            }
            ChangePrint.pruned(out, change);
            return Main.OK;
        } catch (ModelRejectedException e) {
            throw new CommandFailedException("Not published: " + e.getMessage(), e);
        }
    }

    private static ModelArtifact signed(ModelArtifact artifact, @Nullable Path key) {
        if (key == null) {
            return artifact;
        }
        try {
            return ModelSignatures.sign(artifact, ModelSignatures.privateKey(key));
        } catch (IOException e) {
            throw new CommandFailedException("Cannot read the key " + key, e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(
                    "Cannot sign: %s; `openssl genpkey -algorithm ed25519` makes one".formatted(e.getMessage()), e);
        }
    }
}
