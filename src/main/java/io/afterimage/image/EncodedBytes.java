package io.afterimage.image;

/** Reads numbers from encoded bytes, front to back; the end of the bytes is a rejection, never an exception of the JVM. */
final class EncodedBytes {
    private final byte[] bytes;
    private int position;

    EncodedBytes(byte[] bytes, int position) {
        this.bytes = bytes;
        this.position = position;
    }

    int position() {
        return position;
    }

    int remaining() {
        return bytes.length - position;
    }

    int u8() throws ImageRejectedException {
        if (position >= bytes.length) {
            throw truncated();
        }
        return bytes[position++] & 0xFF;
    }

    int u16be() throws ImageRejectedException {
        return u8() << 8 | u8();
    }

    int u16le() throws ImageRejectedException {
        return u8() | u8() << 8;
    }

    /** Unsigned. */
    long u32be() throws ImageRejectedException {
        return (long) u16be() << 16 | u16be();
    }

    /** Signed: BMP counts rows downwards with negative heights. */
    int i32le() throws ImageRejectedException {
        return u16le() | u16le() << 16;
    }

    /** Moves ahead; {@code count} may be any number a header can hold. */
    void skip(long count) throws ImageRejectedException {
        if (count < 0 || count > remaining()) {
            throw truncated();
        }
        position += (int) count;
    }

    void seek(long target) throws ImageRejectedException {
        position = 0;
        skip(target);
    }

    static ImageRejectedException truncated() {
        return corrupt("the data ends before the image does");
    }

    static ImageRejectedException corrupt(String what) {
        return new ImageRejectedException(Rejection.UNREADABLE, what);
    }
}
