package io.afterimage.report;

import java.util.Locale;
import org.w3c.dom.Element;

/** A drawing with two axes, as SVG. Values are given in the units of the axes. */
final class Chart {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final int LEFT = 52;
    private static final int BOTTOM = 34;
    private static final int MARGIN = 8;

    private final Element svg;
    private final double minX;
    private final double maxX;
    private final double maxY;

    /**
     * Axes with their ends written at them; y begins at 0.
     *
     * @param labelX what lies across
     */
    Chart(Element parent, double minX, double maxX, double maxY, String labelX, String labelY) {
        this.minX = minX;
        this.maxX = maxX > minX ? maxX : minX + 1;
        this.maxY = maxY > 0 ? maxY : 1;
        svg = HtmlPage.add(parent, "svg");
        svg.setAttribute("width", String.valueOf(WIDTH));
        svg.setAttribute("height", String.valueOf(HEIGHT));
        svg.setAttribute("viewBox", "0 0 %d %d".formatted(WIDTH, HEIGHT));
        line(minX, 0, this.maxX, 0, "#8a97a3");
        line(minX, 0, minX, this.maxY, "#8a97a3");
        text(x(minX), HEIGHT - BOTTOM + 14, "start", number(minX));
        text(x(this.maxX), HEIGHT - BOTTOM + 14, "end", number(this.maxX));
        text((x(minX) + x(this.maxX)) / 2, HEIGHT - 4, "middle", labelX);
        text(LEFT - 4, MARGIN + 8, "end", number(this.maxY));
        Element label = text(12, HEIGHT / 2.0, "middle", labelY);
        label.setAttribute("transform", "rotate(-90 12 %d)".formatted(HEIGHT / 2));
    }

    void line(double x1, double y1, double x2, double y2, String colour) {
        Element line = HtmlPage.add(svg, "line");
        line.setAttribute("x1", coordinate(x(x1)));
        line.setAttribute("y1", coordinate(y(y1)));
        line.setAttribute("x2", coordinate(x(x2)));
        line.setAttribute("y2", coordinate(y(y2)));
        line.setAttribute("stroke", colour);
    }

    /** Through points, in their order. */
    void curve(double[] xs, double[] ys, String colour) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < xs.length; i++) {
            points.append(coordinate(x(xs[i])))
                    .append(',')
                    .append(coordinate(y(ys[i])))
                    .append(' ');
        }
        Element curve = HtmlPage.add(svg, "polyline");
        curve.setAttribute("points", points.toString().trim());
        curve.setAttribute("fill", "none");
        curve.setAttribute("stroke", colour);
        curve.setAttribute("stroke-width", "2");
    }

    /** A bar from one x to another, half transparent. */
    void bar(double from, double to, double height, String colour) {
        Element bar = HtmlPage.add(svg, "rect");
        bar.setAttribute("x", coordinate(x(from)));
        bar.setAttribute("y", coordinate(y(height)));
        bar.setAttribute("width", coordinate(x(to) - x(from)));
        bar.setAttribute("height", coordinate(y(0) - y(height)));
        bar.setAttribute("fill", colour);
        bar.setAttribute("fill-opacity", "0.55");
    }

    private Element text(double x, double y, String anchor, String words) {
        Element text = HtmlPage.add(svg, "text", words);
        text.setAttribute("x", coordinate(x));
        text.setAttribute("y", coordinate(y));
        text.setAttribute("text-anchor", anchor);
        return text;
    }

    private double x(double value) {
        return LEFT + (value - minX) / (maxX - minX) * (WIDTH - LEFT - MARGIN);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - value / maxY * (HEIGHT - BOTTOM - MARGIN);
    }

    private static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2g", value);
    }
}
