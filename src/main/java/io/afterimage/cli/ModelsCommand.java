package io.afterimage.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Models on Kafka: what is there, what is current, and how to change it. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel =
                "(list | show | publish | promote | rollback | prune | shadow | compare | retrain | confirm)",
        subcommands = {
            ModelsListCommand.class,
            ModelsShowCommand.class,
            ModelsPublishCommand.class,
            ModelsPromoteCommand.class,
            ModelsRollbackCommand.class,
            ModelsPruneCommand.class,
            ModelsShadowCommand.class,
            CompareCommand.class,
            ModelsRetrainCommand.class,
            ModelsConfirmCommand.class
        },
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
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "list, show, publish, promote, rollback, prune, shadow, compare, retrain or confirm?"
                        + " `models list` shows what is there");
    }
}
