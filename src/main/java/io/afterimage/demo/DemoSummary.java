package io.afterimage.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the demo came to.
 *
 * @param published images sent
 * @param scored images that got a verdict
 * @param anomalous of those scored
 * @param deadLetters images that could not be scored
 * @param seconds from the first image sent to the last verdict
 * @param kinds how each kind of image fared, in the order of {@link GroundTruth}; kinds without images are left out
 */
public record DemoSummary(
        long published, long scored, long anomalous, long deadLetters, double seconds, Map<GroundTruth, Share> kinds) {

    /**
     * How many of a kind were found anomalous.
     *
     * @param total at least 1
     */
    public record Share(long anomalous, long total) {
        double percent() {
            return 100.0 * anomalous / total;
        }
    }

    /** Images that have neither a verdict nor a dead letter. */
    public long missing() {
        return published - scored - deadLetters;
    }

    /** Verdicts per second, 0 before there is any. */
    public double imagesPerSecond() {
        return seconds > 0 ? scored / seconds : 0;
    }

    /** For machines: the same keys in every version. */
    public Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("published", published);
        json.put("scored", scored);
        json.put("anomalous", anomalous);
        json.put("deadLetters", deadLetters);
        json.put("imagesPerSecond", Math.round(imagesPerSecond() * 10) / 10.0);
        json.put("seconds", Math.round(seconds * 1000) / 1000.0);
        return json;
    }

    /** For people. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(String.format(
                Locale.ROOT,
                "%d images published, %d scored in %.1f s (%.0f images/s), %d anomalous, %d dead letters",
                published,
                scored,
                seconds,
                imagesPerSecond(),
                anomalous,
                deadLetters));
        if (missing() > 0) {
            lines.add(missing() + " images have no verdict");
        }
        kinds.forEach((kind, share) -> lines.add(String.format(
                Locale.ROOT,
                "  %-15s %5.1f %% %s (%d of %d)",
                kind.label(),
                share.percent(),
                kind.isForeign() ? "found" : "false alarms",
                share.anomalous(),
                share.total())));
        return lines;
    }
}
