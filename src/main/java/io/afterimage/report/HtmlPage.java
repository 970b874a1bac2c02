package io.afterimage.report;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** A page in the making. Needs nothing but a browser: style, charts and pictures are in it. */
final class HtmlPage {
    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733; }
            h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; border-top: 1px solid #d6dde4; padding-top: 1rem; }
            table { border-collapse: collapse; } th, td { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #e6ebf0; }
            th:first-child, td:first-child { text-align: left; } .total tr:last-child td { font-weight: 600; }
            .row { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: 1.2rem; margin: 1rem 0; }
            figure { margin: 0; } figcaption { font-size: .85rem; color: #51606e; }
            img { width: 84px; height: 84px; image-rendering: pixelated; margin-right: 2px; background: #000; }
            svg text { font: 11px system-ui, sans-serif; fill: #51606e; }
            .strip { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1rem 0; } .strip img { display: block; margin: 0 auto; }
            .strip figcaption { text-align: center; } img.wide { width: auto; height: auto; max-width: 100%; }
            p.note { color: #51606e; max-width: 45rem; }
            """;

    private final Document document;
    private final Element body;

    HtmlPage(String title) {
        try {
            document = DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .newDocument();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("every Java platform builds documents", e);
        }
        Element html = document.createElement("html");
        html.setAttribute("lang", "en");
        document.appendChild(html);
        Element head = add(html, "head");
        add(head, "title").setTextContent(title);
        add(head, "style").setTextContent(STYLE);
        body = add(html, "body");
        add(body, "h1").setTextContent(title);
    }

    Element body() {
        return body;
    }

    /** A new element at the end of another. */
    static Element add(Element parent, String tag) {
        Element element = parent.getOwnerDocument().createElement(tag);
        parent.appendChild(element);
        return element;
    }

    /** A new element with text. */
    static Element add(Element parent, String tag, String text) {
        Element element = add(parent, tag);
        element.setTextContent(text);
        return element;
    }

    /** A row of a table, its cells of one kind. */
    static void row(Element table, String tag, List<String> cells) {
        Element row = add(table, "tr");
        cells.forEach(cell -> add(row, tag, cell));
    }

    /** A paragraph that explains. */
    static void note(Element parent, String words) {
        add(parent, "p", words).setAttribute("class", "note");
    }

    /** Writes {@code index.html} into a directory, which is made when it is not there. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve("index.html");
        try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            writer.write("<!DOCTYPE html>\n");
            Transformer transformer = TransformerFactory.newDefaultInstance().newTransformer();
            transformer.setOutputProperty(OutputKeys.METHOD, "html");
            transformer.setOutputProperty(OutputKeys.ENCODING, "UTF-8");
            transformer.setOutputProperty(OutputKeys.INDENT, "no");
            transformer.transform(new DOMSource(document), new StreamResult(writer));
        } catch (TransformerException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException("the page cannot be written: " + e.getMessage(), e);
        }
    }
}
