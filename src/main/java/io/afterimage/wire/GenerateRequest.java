package io.afterimage.wire;

import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.Rejection;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * The payload of the topic of requests for new pictures. It comes from outside: whatever is not exactly a request is refused.
 *
 * @param id names the request; the record's position when the request does not
 * @param wanted which pictures
 */
public record GenerateRequest(String id, Wanted wanted) {
    /** The most bytes of a request: two encoded pictures. */
    public static final int MAX_BYTES = 4 << 20;

    public static final int MAX_ID_LENGTH = ImageEvent.MAX_ID_LENGTH;
    public static final int MAX_COUNT = 64;
    public static final int MAX_STEPS = 64;
    public static final int MAX_SIDE = 32;

    private static final ObjectReader READER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build()
            .readerFor(Json.class);

    /** Which pictures are asked for. */
    public sealed interface Wanted {}

    /**
     * Pictures of latent vectors drawn from the prior.
     *
     * @param count 1..{@value #MAX_COUNT}
     * @param seed the same seed gives the same pictures
     */
    public record Sample(int count, long seed) implements Wanted {}

    /**
     * The picture of a latent vector.
     *
     * @param latent finite values, as many as the model has
     */
    @SuppressWarnings("ArrayRecordComponent") // decoded once, never compared
    public record Decode(float[] latent) implements Wanted {}

    /**
     * Pictures on the straight line between the latent vectors of two pictures.
     *
     * @param from an encoded picture
     * @param to an encoded picture
     * @param steps pictures, both ends included, 2..{@value #MAX_STEPS}
     */
    @SuppressWarnings("ArrayRecordComponent") // decoded once, never compared
    public record Interpolate(byte[] from, byte[] to, int steps) implements Wanted {}

    /**
     * One picture of pictures, of latent vectors at quantiles of the prior; for models with a latent vector of two values.
     *
     * @param side pictures in a row and in a column, 1..{@value #MAX_SIDE}
     */
    public record Grid(int side) implements Wanted {}

    private record Json(
            @Nullable String id,
            @Nullable JsonSample sample,
            @Nullable JsonDecode decode,
            @Nullable JsonInterpolate interpolate,
            @Nullable JsonGrid grid) {}

    private record JsonSample(
            @Nullable Integer count, @Nullable Long seed) {}

    @SuppressWarnings("ArrayRecordComponent")
    private record JsonDecode(float @Nullable [] latent) {}

    @SuppressWarnings("ArrayRecordComponent")
    private record JsonInterpolate(
            byte @Nullable [] from,
            byte @Nullable [] to,
            @Nullable Integer steps) {}

    private record JsonGrid(@Nullable Integer side) {}

    /**
     * Reads a request.
     *
     * @param json the record's value
     * @param position names the request if it has no id
     * @throws ImageRejectedException {@link Rejection#EMPTY} for no bytes, {@link Rejection#TOO_MANY_BYTES} for more than
     *     {@value #MAX_BYTES}, {@link Rejection#INVALID_REQUEST} for everything else that is not a request
     */
    public static GenerateRequest of(byte @Nullable [] json, String position) throws ImageRejectedException {
        if (json == null || json.length == 0) {
            throw new ImageRejectedException(Rejection.EMPTY, "the record has no value");
        }
        if (json.length > MAX_BYTES) {
            throw new ImageRejectedException(
                    Rejection.TOO_MANY_BYTES, "%d bytes, a request has at most %d".formatted(json.length, MAX_BYTES));
        }
        @Nullable Json read;
        try {
            read = READER.readValue(json);
        } catch (JacksonException e) {
            throw new ImageRejectedException(Rejection.INVALID_REQUEST, "not a request: " + e.getOriginalMessage(), e);
        }
        Json request = present(read, "the JSON value null is not a request");
        String id = request.id() == null ? position : request.id();
        require(
                !id.isBlank() && id.length() <= MAX_ID_LENGTH && id.chars().noneMatch(Character::isISOControl),
                "an id has 1 to %d characters and no control characters".formatted(MAX_ID_LENGTH));
        long asked = Stream.of(request.sample(), request.decode(), request.interpolate(), request.grid())
                .filter(one -> one != null)
                .count();
        require(asked == 1, "a request asks for one of sample, decode, interpolate, grid, not for " + asked);
        return new GenerateRequest(id, wanted(request));
    }

    private static Wanted wanted(Json request) throws ImageRejectedException {
        if (request.sample() != null) {
            int count = within("sample.count", request.sample().count(), 1, MAX_COUNT);
            return new Sample(count, present(request.sample().seed(), "sample has no seed"));
        }
        if (request.decode() != null) {
            return new Decode(present(request.decode().latent(), "decode has no latent"));
        }
        if (request.interpolate() != null) {
            JsonInterpolate between = request.interpolate();
            return new Interpolate(
                    present(between.from(), "interpolate has no from"),
                    present(between.to(), "interpolate has no to"),
                    within("interpolate.steps", between.steps(), 2, MAX_STEPS));
        }
        Integer side = request.grid() == null ? null : request.grid().side();
        return new Grid(within("grid.side", side, 1, MAX_SIDE));
    }

    private static int within(String what, @Nullable Integer value, int least, int most) throws ImageRejectedException {
        if (value == null || value < least || value > most) {
            throw new ImageRejectedException(
                    Rejection.INVALID_REQUEST, "%s must be within %d..%d, not %s".formatted(what, least, most, value));
        }
        return value;
    }

    private static <T> T present(@Nullable T value, String otherwise) throws ImageRejectedException {
        if (value == null) {
            throw new ImageRejectedException(Rejection.INVALID_REQUEST, otherwise);
        }
        return value;
    }

    private static void require(boolean met, String otherwise) throws ImageRejectedException {
        if (!met) {
            throw new ImageRejectedException(Rejection.INVALID_REQUEST, otherwise);
        }
    }
}
