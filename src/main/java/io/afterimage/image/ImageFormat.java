package io.afterimage.image;

import java.util.Optional;
import java.util.regex.Pattern;

/** The encodings that can be read, told apart by their first bytes. */
public enum ImageFormat {
    PNG("image/png"),
    JPEG("image/jpeg"),
    BMP("image/bmp"),
    GIF("image/gif");

    /** Hidden files are left out, among them the "._photo.jpg" that macOS puts into archives. */
    private static final Pattern IMAGE_FILE =
            Pattern.compile("[^.].*\\.(png|jpe?g|bmp|gif)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;

    private final String mediaType;

    ImageFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    /** What a {@code content-type} header says: {@code image/png}. */
    public String mediaType() {
        return mediaType;
    }

    /** Whether a file of this name is taken for an image: it has a usual extension and is not hidden. */
    static boolean isImageFile(String fileName) {
        return IMAGE_FILE.matcher(fileName).matches();
    }

    /** Looks at the first bytes only; a match does not promise that the rest can be read. */
    public static Optional<ImageFormat> detect(byte[] encoded) {
        if (encoded.length >= 8 && bigEndian(encoded, 8) == PNG_SIGNATURE) {
            return Optional.of(PNG);
        }
        if (encoded.length >= 3 && bigEndian(encoded, 3) == 0xFFD8FF) {
            return Optional.of(JPEG);
        }
        if (encoded.length >= 6 && isGif(bigEndian(encoded, 6))) {
            return Optional.of(GIF);
        }
        if (encoded.length >= 2 && encoded[0] == 'B' && encoded[1] == 'M') {
            return Optional.of(BMP);
        }
        return Optional.empty();
    }

    private static boolean isGif(long signature) {
        return signature == 0x474946383761L || signature == 0x474946383961L; // GIF87a, GIF89a
    }

    private static long bigEndian(byte[] bytes, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | (bytes[i] & 0xFF);
        }
        return value;
    }
}
