package io.afterimage.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

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

    List<String> lines() {
        return out.lines().toList();
    }
}
