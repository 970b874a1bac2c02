package io.afterimage.wire;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Headers;

/**
 * What the service says about an image in the headers of a record: a CloudEvent 1.0 in the binary mode of the Kafka
 * protocol binding. Consumers can route by type, stream or verdict without opening the payload.
 *
 * <p>The id is the id of the image, so that score, pictures and vector of an image share it; source and type tell them
 * apart. The source is {@code /afterimage/<kind>/<stream>}, because two cameras may well count their images alike.
 */
public final class CloudEventHeaders {
    public static final String SPEC_VERSION = "ce_specversion";
    public static final String ID = "ce_id";
    public static final String SOURCE = "ce_source";
    public static final String TYPE = "ce_type";
    public static final String TIME = "ce_time";
    public static final String SUBJECT = "ce_subject";
    public static final String MODEL_NAME = "ce_modelname";
    public static final String MODEL_VERSION = "ce_modelversion";
    public static final String VERDICT = "ce_verdict";
    public static final String CONTENT_TYPE = "content-type";

    /** Where the image is, in decimal digits where it is a number. */
    public static final String IMAGE_TOPIC = "ce_imagetopic";

    public static final String IMAGE_PARTITION = "ce_imagepartition";
    public static final String IMAGE_OFFSET = "ce_imageoffset";

    /** The id of the request that a picture was made for. */
    public static final String REQUEST = "ce_requestid";
    /** Of the picture among those of its request, from 0, in decimal digits. */
    public static final String INDEX = "ce_index";
    /** Of the pictures of the request, in decimal digits. */
    public static final String COUNT = "ce_count";
    /** The latent vector that a picture was decoded from, a JSON array; absent for a picture of pictures. */
    public static final String LATENT = "ce_latent";

    private static final List<String> WRITTEN =
            List.of(SPEC_VERSION, ID, SOURCE, TYPE, TIME, SUBJECT, MODEL_NAME, MODEL_VERSION, VERDICT, CONTENT_TYPE);
    private static final Pattern UNRESERVED = Pattern.compile("[A-Za-z0-9._~-]+");
    private static final byte[] VERSION = utf8("1.0");
    private static final byte[] IMAGE_TYPE = utf8("io.afterimage.image.v1");
    private static final byte[] MODEL_EVENT_TYPE = utf8("io.afterimage.model.v1");
    private static final byte[] JSON_TYPE = utf8("application/json");
    private static final Map<EventType, byte[]> TYPES = new EnumMap<>(EventType.class);
    private static final Map<EventType, byte[]> CONTENT_TYPES = new EnumMap<>(EventType.class);

    static {
        for (EventType type : EventType.values()) {
            TYPES.put(type, utf8(type.type()));
            CONTENT_TYPES.put(type, utf8(type.contentType()));
        }
    }

    private CloudEventHeaders() {}

    /** The names of the headers {@link #write} writes for every event, in its order. */
    public static List<String> written() {
        return WRITTEN;
    }

    /** Adds the headers of an event about a scored image that the model made which scored it. The names must not be there yet. */
    public static void write(Headers headers, EventType type, ScoreEvent score) {
        write(headers, type, score, score.model());
    }

    /**
     * Adds the headers of an event about a scored image. The names must not be there yet. One whose payload does not say which
     * image it is about gets {@link #IMAGE_TOPIC}, {@link #IMAGE_PARTITION} and {@link #IMAGE_OFFSET} as well.
     *
     * @param model made the payload
     */
    public static void write(Headers headers, EventType type, ScoreEvent score, ScoreEvent.Model model) {
        headers.add(SPEC_VERSION, VERSION)
                .add(ID, utf8(score.id()))
                .add(SOURCE, utf8("/afterimage/" + type.label() + "/" + encoded(score.stream())))
                .add(TYPE, TYPES.get(type))
                .add(TIME, utf8(score.time()))
                .add(SUBJECT, utf8(score.stream()))
                .add(MODEL_NAME, utf8(model.name()))
                .add(MODEL_VERSION, utf8(model.version()))
                .add(VERDICT, utf8(score.verdict()))
                .add(CONTENT_TYPE, CONTENT_TYPES.get(type));
        if (type == EventType.EMBEDDING_VECTOR) {
            headers.add(IMAGE_TOPIC, utf8(score.source().topic()))
                    .add(IMAGE_PARTITION, utf8(Integer.toString(score.source().partition())))
                    .add(IMAGE_OFFSET, utf8(Long.toString(score.source().offset())));
        }
    }

    /**
     * Adds the headers of an image that is on its way to the service. The names must not be there yet.
     *
     * @param contentType the media type of the bytes; absent when they are of no known format
     */
    public static void writeImage(
            Headers headers, String stream, String id, Instant time, Optional<String> contentType) {
        headers.add(SPEC_VERSION, VERSION)
                .add(ID, utf8(id))
                .add(SOURCE, utf8("/afterimage/image/" + encoded(stream)))
                .add(TYPE, IMAGE_TYPE)
                .add(TIME, utf8(time.toString()))
                .add(SUBJECT, utf8(stream));
        contentType.ifPresent(type -> headers.add(CONTENT_TYPE, utf8(type)));
    }

    /** Adds the headers of a picture that was made for a request. The names must not be there yet. */
    public static void writeGenerated(Headers headers, GeneratedPicture picture) {
        headers.add(SPEC_VERSION, VERSION)
                .add(ID, utf8(picture.request() + "/" + picture.index()))
                .add(
                        SOURCE,
                        utf8("/afterimage/generated/" + encoded(picture.model().name())))
                .add(TYPE, utf8(GeneratedPicture.TYPE))
                .add(TIME, utf8(picture.time().toString()))
                .add(SUBJECT, utf8(picture.request()))
                .add(MODEL_NAME, utf8(picture.model().name()))
                .add(MODEL_VERSION, utf8(picture.model().version()))
                .add(REQUEST, utf8(picture.request()))
                .add(INDEX, utf8(Integer.toString(picture.index())))
                .add(COUNT, utf8(Integer.toString(picture.count())))
                .add(CONTENT_TYPE, utf8(GeneratedPicture.CONTENT_TYPE));
        if (picture.latent().length > 0) {
            headers.add(LATENT, utf8(picture.latentJson()));
        }
    }

    /**
     * Adds the headers of an event about a model. The names must not be there yet.
     *
     * @param id names the event among those of its model
     */
    public static void writeModelEvent(Headers headers, String id, ModelEvent event) {
        headers.add(SPEC_VERSION, VERSION)
                .add(ID, utf8(id))
                .add(SOURCE, utf8("/afterimage/model/" + encoded(event.model())))
                .add(TYPE, MODEL_EVENT_TYPE)
                .add(TIME, utf8(event.at()))
                .add(SUBJECT, utf8(event.model()))
                .add(MODEL_NAME, utf8(event.model()))
                .add(MODEL_VERSION, utf8(event.version()))
                .add(CONTENT_TYPE, JSON_TYPE);
    }

    private static String encoded(String stream) {
        return UNRESERVED.matcher(stream).matches()
                ? stream
                : URLEncoder.encode(stream, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
