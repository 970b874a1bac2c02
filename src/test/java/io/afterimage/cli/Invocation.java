package io.afterimage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One run of the command line within this process. */
record Invocation(int code, String out, String err) {
    static Invocation of(String... args) {
        return of(new StopSignal(code -> {}), args);
    }

    static Invocation of(StopSignal stop, String... args) {
        return of(stop, StandInService::start, args);
    }

    static Invocation of(StopSignal stop, ServiceStart service, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), stop, service, args);
        stop.finished(code);
        return new Invocation(code, out.toString(), err.toString());
    }

    /** As {@link #of}, for a command that must succeed without a complaint. */
    static Invocation succeed(String... args) {
        Invocation command = of(args);
        assertThat(command.err()).isEmpty();
        assertThat(command.code()).isEqualTo(Main.OK);
        return command;
    }

    /** What it printed, for a command that prints JSON lines. */
    List<JsonNode> json() {
        return out.lines().map(JsonMapper.shared()::readTree).toList();
    }

    List<String> lines() {
        return out.lines().toList();
    }
}
