package io.afterimage.report;

import io.afterimage.image.InputShape;
import io.afterimage.image.InputTensor;
import io.afterimage.image.PngEncoder;
import io.afterimage.image.Raster;
import java.util.Base64;
import org.w3c.dom.Element;

/** Pictures in a page, as part of it. */
final class Pictures {
    private final PngEncoder encoder = new PngEncoder();

    /** A picture with a caption, in a figure of its own. */
    void add(Element parent, String caption, float[] values, InputShape shape) {
        Element figure = HtmlPage.add(parent, "figure");
        add(figure, values, shape, caption);
        HtmlPage.add(figure, "figcaption", caption);
    }

    /**
     * A picture.
     *
     * @param values {@code channels × height × width} in [0, 1]
     * @param description for those who cannot see it
     */
    void add(Element parent, float[] values, InputShape shape, String description) {
        add(parent, InputTensor.read(values, 0, shape), description);
    }

    /** A picture at twice its size. */
    void wide(Element parent, Raster picture, String description) {
        Element image = add(parent, picture, description);
        image.setAttribute("class", "wide");
        image.setAttribute("width", String.valueOf(2 * picture.width()));
    }

    private Element add(Element parent, Raster picture, String description) {
        byte[] png = encoder.encode(picture);
        Element image = HtmlPage.add(parent, "img");
        image.setAttribute("src", "data:image/png;base64," + Base64.getEncoder().encodeToString(png));
        image.setAttribute("alt", description);
        return image;
    }
}
