package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a command did.
 *
 * @param code its exit code
 * @param out what it printed
 * @param err what it complained of
 */
record Command(int code, String out, String err) {
    static Command run(String... arguments) {
        return run(new StopSignal(code -> {}), arguments);
    }

    static Command run(StopSignal stop, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), stop, arguments);
        stop.finished(code);
        return new Command(code, out.toString(), err.toString());
    }

    /** As {@link #run}, for a command that must succeed. */
    static Command succeed(String... arguments) {
        Command command = run(arguments);
        assertThat(command.err()).isEmpty();
        assertThat(command.code()).isEqualTo(Main.OK);
        return command;
    }

    List<JsonNode> lines() {
        return out.lines().map(JsonMapper.shared()::readTree).toList();
    }
}
