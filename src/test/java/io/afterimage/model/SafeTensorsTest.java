package io.afterimage.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SafeTensorsTest {
    private static final Map<String, List<Long>> SHAPES = shapes();

    @Test
    void readsWhatItWrote() throws ModelRejectedException {
        Map<String, SafeTensors.Tensor> read = SafeTensors.read(file(), SHAPES);

        assertThat(read)
                .extractingByKey("a")
                .extracting(SafeTensors.Tensor::values)
                .isEqualTo(new float[] {1, 2, 3, 4, 5, 6});
        assertThat(read)
                .extractingByKey("b")
                .extracting(SafeTensors.Tensor::values)
                .isEqualTo(new float[] {-1.5f});
    }

    @Test
    void writesTheFormatOtherLanguagesRead() {
        byte[] file = file();
        int header = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();

        assertThat(header % 8).isZero();
        assertThat(new String(file, 8, header, StandardCharsets.UTF_8))
                .startsWith("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}");
        assertThat(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getFloat(8 + header + 4))
                .isEqualTo(2);
    }

    @Test
    void otherShapesAndNamesAreRefused() {
        assertRefused(file(), Map.of("a", List.of(3L, 2L), "b", List.of(1L)));
        assertRefused(file(), Map.of("a", List.of(2L, 3L)));
        assertRefused(file(), Map.of("a", List.of(2L, 3L), "c", List.of(1L)));
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] file = file();
        for (int length = 0; length < file.length; length++) {
            assertRefused(Arrays.copyOf(file, length), SHAPES);
        }
        assertRefused(Arrays.copyOf(file, file.length + 1), SHAPES);
    }

    @Test
    void aForgedHeaderLengthTakesNoMemory() {
        byte[] file = file();
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, Long.MAX_VALUE);
        assertRefused(file, SHAPES);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, -1);
        assertRefused(file, SHAPES);
    }

    @Test
    void mutationsAreRefusedOrReadButNeverBreakTheReader() {
        SplittableRandom random = new SplittableRandom(3);
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] file = file();
            file[random.nextInt(file.length)] = (byte) random.nextInt();
            try {
                assertThat(SafeTensors.read(file, SHAPES)).hasSize(2);
            } catch (ModelRejectedException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1_000);
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() {
        Map<String, SafeTensors.Tensor> tensors =
                Map.of("b", new SafeTensors.Tensor(List.of(1L), new float[] {Float.NaN}));

        assertRefused(SafeTensors.write(tensors), Map.of("b", List.of(1L)));
    }

    private static void assertRefused(byte[] file, Map<String, List<Long>> expected) {
        assertThatExceptionOfType(ModelRejectedException.class).isThrownBy(() -> SafeTensors.read(file, expected));
    }

    private static byte[] file() {
        Map<String, SafeTensors.Tensor> tensors = new LinkedHashMap<>();
        tensors.put("a", new SafeTensors.Tensor(List.of(2L, 3L), new float[] {1, 2, 3, 4, 5, 6}));
        tensors.put("b", new SafeTensors.Tensor(List.of(1L), new float[] {-1.5f}));
        return SafeTensors.write(tensors);
    }

    private static Map<String, List<Long>> shapes() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        shapes.put("a", List.of(2L, 3L));
        shapes.put("b", List.of(1L));
        return shapes;
    }
}
