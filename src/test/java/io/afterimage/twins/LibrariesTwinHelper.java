package io.afterimage.twins;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import io.micrometer.core.instrument.Counter;
import io.prometheus.metrics.model.registry.Collector;
import java.awt.image.BufferedImage;
import javax.imageio.ImageReader;
import kafka.server.KafkaRaftServer;
import me.tongfei.progressbar.ProgressBar;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.streams.KafkaStreams;
import org.eclipse.jetty.server.Server;
import org.ejml.data.DMatrixRMaj;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** Breaks on purpose every rule about libraries, names and the process. */
abstract class LibrariesTwinHelper {
    abstract void model(NDArray array, DMatrixRMaj matrix);

    abstract void pictures(BufferedImage image, ImageReader reader);

    abstract void pages(Javalin javalin, Server server);

    abstract void commands(CommandLine line, ProgressBar bar);

    abstract void streams(KafkaStreams streams);

    abstract void broker(KafkaRaftServer server, Formatter formatter, MetadataVersion version);

    abstract void meters(Counter counter, Collector collector);

    abstract void json(JsonNode node, JsonInclude.Include include);

    abstract void olderJson(ObjectMapper mapper) throws JsonProcessingException;

    void process() {
        System.out.println(System.getenv("HOME"));
        System.exit(1);
    }
}
