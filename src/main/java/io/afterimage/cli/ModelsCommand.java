package io.afterimage.cli;

import io.afterimage.model.ModelArtifact;
import io.afterimage.model.ModelManifest;
import io.afterimage.model.ModelRejectedException;
import io.afterimage.registry.ModelPublisher;
import io.afterimage.registry.ModelPublisher.Change;
import io.afterimage.registry.ModelSignatures;
import io.afterimage.registry.ModelsTopic;
import io.afterimage.registry.StoredVersion;
import io.afterimage.wire.ModelEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Models on Kafka: what is there, what is current, and how to change it. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "(list | show | publish | promote | rollback | prune | retrain | confirm | compare)",
        description = {
            "Shows and changes the models on Kafka. Running instances take what becomes current",
            "between two batches, within two seconds and without a pause."
        },
        footer = {
            "",
            "Something is wrong with the new model? Back to the one before, in every instance:",
            "  afterimage models rollback",
            "What is there, and what happened:",
            "  afterimage models list",
            "  kcat -C -b localhost:9092 -t afterimage.model-events -o beginning -e",
            "A model of your own:",
            "  afterimage train --images ./pictures --name parts --out ./models/parts",
            "  afterimage models publish --name parts --model ./models/parts --promote"
        })
final class ModelsCommand implements Runnable {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "list, show, publish, promote, rollback, prune, retrain, confirm or compare? `models list` shows what is there");
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = {
                "Shows the versions of a model that are on Kafka, the newest first.",
                "* marks the current one, a number how many rollbacks lead to it, ! an incomplete upload."
            })
    int list(
            @Mixin RegistryOptions registry,
            @Option(names = "--json", description = "Print one JSON array.") boolean json) {
        try (ModelsTopic topic = registry.read()) {
            List<ModelRow> rows = ModelRow.of(topic, registry.name());
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(JSON.writeValueAsString(rows));
            } else if (rows.isEmpty()) {
                out.println(nothing(topic, registry.name()));
            } else {
                ModelRow.print(rows, out);
            }
        }
        return Main.OK;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description =
                    "Fetches a version, verifies it and prints its manifest, without the long calibration sample.")
    int show(
            @Mixin RegistryOptions registry,
            @Parameters(paramLabel = "VERSION", arity = "0..1", description = "Default: the current one.") @Nullable
                    String version,
            @Option(names = "--json", description = "Print the whole manifest, the calibration sample included.")
                    boolean json) {
        try (ModelsTopic topic = registry.read()) {
            String shown = version != null
                    ? version
                    : topic.current(registry.name())
                            .orElseThrow(() -> new CommandFailedException(nothing(topic, registry.name())))
                            .version();
            requireVersion(topic, registry.name(), shown);
            ModelManifest manifest = topic.load(registry.name(), shown).manifest();
            ObjectNode node = JSON.valueToTree(manifest);
            if (!json) {
                node.put(
                        "calibration",
                        "%d scores".formatted(manifest.calibration().size()));
            }
            spec.commandLine().getOut().println(JSON.writeValueAsString(node));
            return Main.OK;
        } catch (ModelRejectedException e) {
            throw new CommandFailedException(
                    "No instance would take version %s: %s".formatted(version, e.getMessage()), e);
        }
    }

    @Command(
            name = "publish",
            mixinStandardHelpOptions = true,
            description = {
                "Puts a model on Kafka, in one transaction. With --promote instances take it at once;",
                "otherwise it waits for `models promote`.",
                "",
                "To sign models, make a key once, keep it where models are made, and give its public half to",
                "the instances:",
                "  openssl genpkey -algorithm ed25519 -out model-key.pem",
                "  openssl pkey -in model-key.pem -pubout -out model-key.pub"
            })
    int publish(
            @Mixin RegistryOptions registry,
            @Option(
                            names = "--model",
                            required = true,
                            paramLabel = "DIR",
                            description = "Folder of a model, or builtin.")
                    String model,
            @Option(
                            names = "--promote",
                            negatable = true,
                            defaultValue = "true",
                            fallbackValue = "true",
                            description =
                                    "Make it current at once, or with --no-promote leave it waiting. Default: --promote")
                    boolean promote,
            @Option(names = "--sign-with", paramLabel = "FILE", description = "Ed25519 private key (PKCS#8 PEM).")
                    @Nullable
                    Path key,
            @Option(
                            names = "--keep",
                            paramLabel = "N",
                            defaultValue = "" + ModelPublisher.DEFAULT_KEEP,
                            description = "Versions to keep, this one included. Default: ${DEFAULT-VALUE}")
                    int keep,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "published by hand",
                            description = "For the event. Default: ${DEFAULT-VALUE}")
                    String reason) {
        requireKeep(keep);
        ModelArtifact artifact = sign(Models.read(model), key);
        String version = artifact.manifest().version();
        String name = artifact.manifest().name();
        try (ModelPublisher publisher = registry.publisher(name)) {
            Change change = publisher.publish(artifact, promote, reason, keep);
            PrintWriter out = spec.commandLine().getOut();
            out.printf("published  %s %s%n", name, version);
            if (promote) {
                printMove("promoted", change);
            }
            printPruned(change);
            return Main.OK;
        } catch (ModelRejectedException e) {
            throw new CommandFailedException("Not published: " + e.getMessage(), e);
        }
    }

    @Command(
            name = "promote",
            mixinStandardHelpOptions = true,
            description = "Makes a version current that is on Kafka whole and unharmed.")
    int promote(
            @Mixin RegistryOptions registry,
            @Parameters(paramLabel = "VERSION", description = "As `models list` shows it.") String version,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "promoted by hand",
                            description = "For the event. Default: ${DEFAULT-VALUE}")
                    String reason) {
        try (ModelsTopic topic = registry.read()) {
            requireVersion(topic, registry.name(), version);
        }
        try (ModelPublisher publisher = registry.publisher()) {
            printMove("promoted", publisher.promote(version, reason));
            return Main.OK;
        } catch (ModelRejectedException e) {
            throw new CommandFailedException("Not promoted: " + e.getMessage(), e);
        }
    }

    @Command(
            name = "rollback",
            mixinStandardHelpOptions = true,
            description = {
                "Makes the version current again that was before. Once more goes one further back.",
                "The version rolled back from stays on Kafka: `models promote` brings it back."
            })
    int rollback(
            @Mixin RegistryOptions registry,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "rolled back by hand",
                            description = "For the event. Default: ${DEFAULT-VALUE}")
                    String reason) {
        try (ModelPublisher publisher = registry.publisher()) {
            printMove("rolled back", publisher.rollback(reason));
            return Main.OK;
        } catch (ModelRejectedException e) {
            throw new CommandFailedException(
                    "Not rolled back: %s; `afterimage models list` shows what can be promoted"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    @Command(
            name = "prune",
            mixinStandardHelpOptions = true,
            description = "Deletes incomplete uploads and all versions but the newest; never the current one.")
    int prune(
            @Mixin RegistryOptions registry,
            @Option(
                            names = "--keep",
                            paramLabel = "N",
                            defaultValue = "" + ModelPublisher.DEFAULT_KEEP,
                            description = "Versions to keep, the current one included. Default: ${DEFAULT-VALUE}")
                    int keep) {
        requireKeep(keep);
        try (ModelPublisher publisher = registry.publisher()) {
            Change change = publisher.prune(keep);
            printPruned(change);
            if (change.pruned().isEmpty()) {
                spec.commandLine().getOut().println("nothing to prune");
            }
            return Main.OK;
        }
    }

    @Command(
            name = "retrain",
            mixinStandardHelpOptions = true,
            description = {
                "Asks the running retrainer to train now, on what it has in its window.",
                "What comes of it is on the topic of model events."
            })
    int retrain(
            @Mixin RegistryOptions registry,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "asked for by hand",
                            description = "For the event. Default: ${DEFAULT-VALUE}")
                    String reason)
            throws InterruptedException {
        registry.say(ModelEvent.Type.REQUESTED, reason);
        spec.commandLine().getOut().println("asked the retrainer to train model " + registry.name());
        return Main.OK;
    }

    @Command(
            name = "confirm",
            mixinStandardHelpOptions = true,
            description = {
                "Tells the retrainer that what the stream has become is normal now and may be learned.",
                "It holds a new normal back until then with afterimage.retrain.confirm=true."
            })
    int confirm(
            @Mixin RegistryOptions registry,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "confirmed by hand",
                            description = "For the event. Default: ${DEFAULT-VALUE}")
                    String reason)
            throws InterruptedException {
        registry.say(ModelEvent.Type.CONFIRMED, reason);
        spec.commandLine().getOut().println("told the retrainer that model " + registry.name() + " may learn it");
        return Main.OK;
    }

    private void printMove(String verb, Change change) {
        spec.commandLine()
                .getOut()
                .printf("%s  %s -> %s%n", verb, change.from().isEmpty() ? "none" : change.from(), change.to());
    }

    private void printPruned(Change change) {
        change.pruned().forEach(version -> spec.commandLine().getOut().println("pruned  " + version));
    }

    private void requireKeep(int keep) {
        if (keep < 1 || keep > ModelPublisher.MAX_KEEP) {
            throw new ParameterException(
                    spec.commandLine(), "--keep must be within 1..%d, not %d".formatted(ModelPublisher.MAX_KEEP, keep));
        }
    }

    private static ModelArtifact sign(ModelArtifact artifact, @Nullable Path key) {
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

    private static void requireVersion(ModelsTopic topic, String name, String version) {
        List<String> versions =
                topic.versions(name).stream().map(StoredVersion::version).toList();
        if (versions.isEmpty()) {
            throw new CommandFailedException(nothing(topic, name));
        }
        if (!versions.contains(version)) {
            List<String> near = versions.stream()
                    .filter(each -> !version.isEmpty() && each.startsWith(version))
                    .toList();
            throw new CommandFailedException("Model %s has no version %s; %s"
                    .formatted(
                            name,
                            version,
                            near.size() == 1
                                    ? "did you mean " + near.get(0) + "?"
                                    : "there are " + String.join(", ", versions)));
        }
    }

    private static String nothing(ModelsTopic topic, String name) {
        List<String> names = topic.names();
        return names.isEmpty()
                ? "There are no models on Kafka yet: `afterimage models publish --model builtin` puts the shipped one there"
                : "There is no model %s on Kafka; there is %s (--name)".formatted(name, String.join(", ", names));
    }
}
