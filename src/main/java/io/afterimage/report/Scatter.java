package io.afterimage.report;

import io.afterimage.evaluate.LabelledPoint;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.w3c.dom.Element;

/** Points in a plane, coloured by label, as SVG with a legend. */
final class Scatter {
    private static final int SIDE = 640;
    private static final int LEGEND = 110;

    private final Map<String, String> colours = new LinkedHashMap<>();

    Scatter(Element parent, List<LabelledPoint> points) {
        List<String> labels =
                points.stream().map(LabelledPoint::label).distinct().toList();
        for (int i = 0; i < labels.size(); i++) {
            colours.put(labels.get(i), "hsl(%d 65%% %d%%)".formatted(360 * i / labels.size(), i % 2 == 0 ? 42 : 58));
        }
        DoubleSummaryStatistics across =
                points.stream().mapToDouble(LabelledPoint::x).summaryStatistics();
        DoubleSummaryStatistics up =
                points.stream().mapToDouble(LabelledPoint::y).summaryStatistics();
        double extent = Math.max(across.getMax() - across.getMin(), up.getMax() - up.getMin()) / 2;
        double middle = (across.getMin() + across.getMax()) / 2;
        double height = (up.getMin() + up.getMax()) / 2;
        Element svg = HtmlPage.add(parent, "svg");
        svg.setAttribute("width", String.valueOf(SIDE + LEGEND));
        svg.setAttribute("height", String.valueOf(SIDE));
        svg.setAttribute("viewBox", "0 0 %d %d".formatted(SIDE + LEGEND, SIDE));
        for (LabelledPoint point : points) {
            dot(
                    svg,
                    coordinate(point.x() - middle, extent),
                    coordinate(height - point.y(), extent),
                    2.5,
                    point.label());
        }
        int y = 20;
        for (String label : labels) {
            dot(svg, SIDE + 10, y, 5, label);
            Element text = HtmlPage.add(svg, "text", label);
            text.setAttribute("x", String.valueOf(SIDE + 22));
            text.setAttribute("y", String.valueOf(y + 4));
            y += 20;
        }
    }

    private void dot(Element svg, double x, double y, double radius, String label) {
        Element dot = HtmlPage.add(svg, "circle");
        dot.setAttribute("cx", String.format(Locale.ROOT, "%.1f", x));
        dot.setAttribute("cy", String.format(Locale.ROOT, "%.1f", y));
        dot.setAttribute("r", String.valueOf(radius));
        dot.setAttribute("fill", colours.getOrDefault(label, "black"));
        dot.setAttribute("fill-opacity", "0.7");
    }

    private static double coordinate(double value, double extent) {
        return SIDE / 2.0 * (extent > 0 ? 1 + 0.97 * value / extent : 1);
    }
}
