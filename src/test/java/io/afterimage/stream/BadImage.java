package io.afterimage.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.afterimage.image.Pictures;
import io.afterimage.image.PngEncoder;
import io.afterimage.image.PngFile;
import io.afterimage.image.Raster;
import io.afterimage.image.Rejection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record as a camera should not, or need not, send it.
 *
 * @param rejection what must become of it; empty when it must be scored
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BadImage(
        String name,
        byte @Nullable [] key,
        byte @Nullable [] value,
        Headers headers,
        @Nullable Long timestamp,
        Optional<Rejection> rejection) {

    private static final byte[] CAMERA = "camera-1".getBytes(UTF_8);
    private static final byte[] DIGIT =
            ShippedImages.pngs(1, ShippedImages.DIGITS).get(0);
    private static final int MEGABYTE = 1 << 20;

    /** A good image, from which the others are made. */
    static BadImage digit(String name) {
        return new BadImage(name, CAMERA, DIGIT, new RecordHeaders(), null, Optional.empty());
    }

    static BadImage text(String name) {
        return digit(name).withValue("no picture".getBytes(UTF_8)).rejectedAs(Rejection.UNKNOWN_FORMAT);
    }

    BadImage withValue(byte @Nullable [] changed) {
        return new BadImage(name, key, changed, headers, timestamp, rejection);
    }

    BadImage withKey(byte @Nullable [] changed) {
        return new BadImage(name, changed, value, headers, timestamp, rejection);
    }

    BadImage with(String header, byte @Nullable [] content) {
        Headers more = new RecordHeaders(headers).add(header, content);
        return new BadImage(name, key, value, more, timestamp, rejection);
    }

    BadImage at(long changed) {
        return new BadImage(name, key, value, headers, changed, rejection);
    }

    BadImage rejectedAs(Rejection reason) {
        return new BadImage(name, key, value, headers, timestamp, Optional.of(reason));
    }

    int valueLength() {
        return value == null ? 0 : value.length;
    }

    ProducerRecord<byte[], byte[]> on(String topic) {
        return new ProducerRecord<>(topic, null, timestamp, key, value, headers);
    }

    static List<BadImage> all() {
        List<BadImage> all = new ArrayList<>();
        all.addAll(damagedValues());
        all.addAll(unusualPictures());
        all.addAll(keys());
        all.addAll(headerCases());
        all.add(digit("of 1970").at(0));
        all.add(digit("of the far future").at(Long.MAX_VALUE));
        all.add(digit("of the year 2200").at(7_258_118_400_000L));
        all.add(text("text of the far future").at(Long.MAX_VALUE));
        return all;
    }

    private static List<BadImage> damagedValues() {
        byte[] forged = DIGIT.clone();
        ByteBuffer.wrap(forged).putInt(16, 60_000).putInt(20, 60_000);
        PngFile.repairChecksums(forged);
        byte[] announcedBomb = new PngFile()
                .header(6_000, 6_000, 8, 2)
                .chunk("IDAT", PngFile.bomb(1))
                .end();
        return List.of(
                digit("an empty value").withValue(new byte[0]).rejectedAs(Rejection.EMPTY),
                digit("no value").withValue(null).rejectedAs(Rejection.EMPTY),
                text("text"),
                digit("a truncated PNG").withValue(Arrays.copyOf(DIGIT, 120)).rejectedAs(Rejection.UNREADABLE),
                digit("a PNG signature").withValue(Arrays.copyOf(DIGIT, 8)).rejectedAs(Rejection.UNREADABLE),
                digit("60,000 x 60,000 announced").withValue(forged).rejectedAs(Rejection.TOO_MANY_PIXELS),
                digit("9 MiB").withValue(padded(9 * MEGABYTE)).rejectedAs(Rejection.TOO_MANY_BYTES),
                digit("15 MiB of nothing").withValue(new byte[15 * MEGABYTE]).rejectedAs(Rejection.TOO_MANY_BYTES),
                digit("36 megapixels without data").withValue(announcedBomb).rejectedAs(Rejection.UNREADABLE));
    }

    private static List<BadImage> unusualPictures() {
        Raster grey = Pictures.raster(28, 28, 1, 3);
        Raster colour = Pictures.raster(40, 30, 3, 4);
        PngEncoder png = new PngEncoder();
        byte[] bomb = new PngFile()
                .header(28, 28, 8, 0)
                .chunk("IDAT", PngFile.bomb(256))
                .end();
        byte[] remark = new PngFile()
                .header(1, 1, 8, 0)
                .chunk("zTXt", ("bomb\0\0" + new String(PngFile.bomb(256), ISO_8859_1)).getBytes(ISO_8859_1))
                .chunk("IDAT", PngFile.deflate(new byte[2]))
                .end();
        return List.of(
                digit("a bomb behind the pixels").withValue(bomb),
                digit("a bomb in a remark nobody reads").withValue(remark),
                digit("7 MiB").withValue(padded(7 * MEGABYTE)),
                digit("1 x 1").withValue(png.encode(new Raster(1, 1, 1, new byte[] {77}))),
                digit("1 x 1 in colour").withValue(png.encode(new Raster(1, 1, 3, new byte[] {1, 2, 3}))),
                digit("640 x 480 in colour").withValue(png.encode(Pictures.raster(640, 480, 3, 5))),
                digit("3 x 2,000").withValue(png.encode(Pictures.raster(3, 2_000, 1, 6))),
                digit("grey JPEG").withValue(Pictures.encode(Pictures.image(grey), "JPEG", Pictures.PLAIN)),
                digit("colour JPEG").withValue(Pictures.encode(Pictures.image(colour), "JPEG", Pictures.PLAIN)),
                digit("BMP").withValue(Pictures.encode(Pictures.image(colour), "BMP", Pictures.PLAIN)),
                digit("GIF").withValue(Pictures.encode(Pictures.image(grey), "GIF", Pictures.PLAIN)));
    }

    private static List<BadImage> keys() {
        return List.of(
                digit("no key").withKey(null),
                digit("an empty key").withKey(new byte[0]),
                digit("the longest key").withKey("x".repeat(256).getBytes(UTF_8)),
                digit("a key of slashes").withKey("line 7/ü?".getBytes(UTF_8)),
                digit("a key too long").withKey("x".repeat(257).getBytes(UTF_8)).rejectedAs(Rejection.INVALID_STREAM),
                digit("a key of a megabyte").withKey(new byte[MEGABYTE]).rejectedAs(Rejection.INVALID_STREAM),
                digit("a binary key").withKey(new byte[] {(byte) 0xC3, 0x28}).rejectedAs(Rejection.INVALID_STREAM),
                digit("a number as key").withKey(new byte[] {0, 0, 0, 7}).rejectedAs(Rejection.INVALID_STREAM),
                text("text without key").withKey(null));
    }

    private static List<BadImage> headerCases() {
        BadImage many = digit("20,000 headers");
        Headers headers = new RecordHeaders();
        for (int i = 0; i < 20_000; i++) {
            headers.add("h" + i, null);
        }
        many = new BadImage(many.name(), many.key(), many.value(), headers, null, Optional.empty());
        return List.of(
                digit("a PNG that says JPEG").with("content-type", "image/jpeg".getBytes(UTF_8)),
                digit("a PNG that says text")
                        .with("content-type", "text/plain".getBytes(UTF_8))
                        .rejectedAs(Rejection.UNSUPPORTED_CONTENT_TYPE),
                digit("a content type without end")
                        .with("content-type", "x".repeat(MEGABYTE).getBytes(UTF_8))
                        .rejectedAs(Rejection.UNSUPPORTED_CONTENT_TYPE),
                digit("an id without end").with("ce_id", "x".repeat(10_000).getBytes(UTF_8)),
                digit("an id of controls").with("ce_id", new byte[] {0, 1, 2}),
                digit("an id that is no text").with("ce_id", new byte[] {-1, -2, -3}),
                digit("an id of quotes").with("ce_id", "\"\\'</script>".getBytes(UTF_8)),
                digit("a null id").with("ce_id", null).with("ce_time", null).with("content-type", null),
                digit("a time in words").with("ce_time", "tomorrow".getBytes(UTF_8)),
                digit("a time out of range").with("ce_time", "+999999999-12-31T23:59:59Z".getBytes(UTF_8)),
                digit("a megabyte of header").with("trace", new byte[MEGABYTE]),
                text("text with ten megabytes of header").with("trace", new byte[10 * MEGABYTE]),
                many);
    }

    /** The digit, with a chunk of that many bytes that says nothing. */
    private static byte[] padded(int bytes) {
        byte[] chunk = new byte[12 + bytes];
        ByteBuffer.wrap(chunk).putInt(bytes).put("juNk".getBytes(UTF_8));
        ByteBuffer file = ByteBuffer.allocate(DIGIT.length + chunk.length);
        file.put(DIGIT, 0, 33).put(chunk).put(DIGIT, 33, DIGIT.length - 33);
        PngFile.repairChecksums(file.array());
        return file.array();
    }
}
