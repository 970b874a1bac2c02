package io.afterimage.drills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A file that grows into every byte of a disk that is or becomes free, as a log does that nobody looks after. */
final class Filler implements AutoCloseable {
    private static final int BLOCK = 4096;

    private final Path file;
    private final FileChannel channel;
    private final CountDownLatch full = new CountDownLatch(1);
    private final Thread thread = new Thread(this::fill, "filler");
    private volatile boolean closed;

    private Filler(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static Filler of(Path disk) throws IOException {
        Path file = disk.resolve("filler");
        Filler filler =
                new Filler(file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        filler.thread.start();
        return filler;
    }

    private void fill() {
        try {
            while (!closed) {
                try {
                    channel.write(ByteBuffer.allocate(BLOCK));
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining("No space left on device");
                    full.countDown();
                    TimeUnit.MILLISECONDS.sleep(1);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitFull() throws InterruptedException {
        if (!full.await(1, TimeUnit.MINUTES)) {
            fail("%s does not become full", file.getParent());
        }
    }

    /** Makes room again. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
            channel.close();
            Files.delete(file);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
