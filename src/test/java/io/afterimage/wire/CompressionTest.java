package io.afterimage.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Producers may compress as they like; the libraries for it are newer than those Kafka was released with. */
class CompressionTest {
    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void batchesOfImagesComeBackUnchanged(CompressionType type) {
        SplittableRandom random = new SplittableRandom(1);
        List<byte[]> images = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            byte[] image = new byte[random.nextInt(1, 20_000)];
            random.nextBytes(image);
            // Half of it can be compressed.
            java.util.Arrays.fill(image, image.length / 2, image.length, (byte) i);
            images.add(image);
        }

        MemoryRecords batch = MemoryRecords.withRecords(
                Compression.of(type).build(),
                images.stream().map(SimpleRecord::new).toArray(SimpleRecord[]::new));

        int size = images.stream().mapToInt(image -> image.length).sum();
        assertThat(batch.sizeInBytes() < size).isEqualTo(type != CompressionType.NONE);
        List<byte[]> read = new ArrayList<>();
        for (Record record : batch.records()) {
            ByteBuffer value = record.value();
            byte[] image = new byte[value.remaining()];
            value.get(image);
            read.add(image);
        }
        assertThat(read).usingElementComparator(java.util.Arrays::compare).isEqualTo(images);
    }
}
