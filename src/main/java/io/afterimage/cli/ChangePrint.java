package io.afterimage.cli;

import io.afterimage.registry.ModelPublisher.Change;
import java.io.PrintWriter;

/** What a change of the models topic did, in lines for people. */
final class ChangePrint {
    private ChangePrint() {}

    static void move(PrintWriter out, String verb, Change change) {
        out.printf("%s  %s -> %s%n", verb, orNone(change.from()), orNone(change.to()));
    }

    static void pruned(PrintWriter out, Change change) {
        change.pruned().forEach(version -> out.println("pruned  " + version));
    }

    private static String orNone(String version) {
        return version.isEmpty() ? "none" : version;
    }
}
