package io.afterimage.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afterimage.image.Allocation;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelKeyTest {
    private static final String VERSION = "0123456789ab";

    static Stream<ModelKey> valid() {
        return Stream.of(
                new ModelKey.Chunk("digits", VERSION, 0),
                new ModelKey.Chunk("a", VERSION, ModelKey.MAX_CHUNKS - 1),
                new ModelKey.Chunk("a".repeat(63), VERSION, 255),
                new ModelKey.Manifest("7-segment", VERSION),
                new ModelKey.Current("digits"),
                new ModelKey.Challenger("digits"),
                new ModelKey.Challenger("a".repeat(63)));
    }

    @ParameterizedTest
    @MethodSource("valid")
    void readsWhatItWrites(ModelKey key) {
        assertThat(ModelKey.parse(key.bytes())).contains(key);
        assertThat(key.bytes().length).isLessThanOrEqualTo(ModelKey.MAX_BYTES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "current",
                "current/",
                "current//",
                "current/../../etc/passwd",
                "current/..",
                "current/.",
                "current/a/b",
                "current/A",
                "current/-a",
                "current/a\n",
                "current/a\u0000",
                "current/ä",
                " current/a",
                "Current/a",
                "challenger",
                "challenger/",
                "challenger/../../etc/passwd",
                "challenger/a/0123456789ab",
                "challenger/A",
                "challenger/a\n",
                "manifest/a",
                "manifest/a/0123456789AB",
                "manifest/a/0123456789a",
                "manifest/a/0123456789abc",
                "manifest/a/../456789ab",
                "manifest/a/0123456789ab/",
                "chunk/a/0123456789ab",
                "chunk/a/0123456789ab/",
                "chunk/a/0123456789ab/-1",
                "chunk/a/0123456789ab/+1",
                "chunk/a/0123456789ab/01",
                "chunk/a/0123456789ab/256",
                "chunk/a/0123456789ab/999",
                "chunk/a/0123456789ab/4294967296",
                "chunk/a/0123456789ab/1/2",
                "chunk/a/0123456789ab/١",
                "chunk/C:\\windows/0123456789ab/0",
                "%63urrent/a"
            })
    void knowsNothingElse(String text) {
        assertThat(ModelKey.parse(text.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void knowsNoKeyThatIsTooLongOrMissing() {
        assertThat(ModelKey.parse(null)).isEmpty();
        assertThat(ModelKey.parse(("current/" + "a".repeat(64)).getBytes(UTF_8)))
                .isEmpty();
    }

    @Test
    void looksAtALongKeyWithoutCopyingIt() throws Exception {
        byte[] key = ("current/" + "a".repeat(8 << 20)).getBytes(UTF_8);
        assertThat(Allocation.ofSecondRun(() -> assertThat(ModelKey.parse(key)).isEmpty()))
                .isLessThan(64 << 10);
    }

    @Test
    void whateverItReadsItWritesTheSame() {
        Random random = new Random(7);
        List<byte[]> seeds = valid().map(ModelKey::bytes).toList();
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] key = seeds.get(random.nextInt(seeds.size())).clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                key[random.nextInt(key.length)] = (byte) random.nextInt(256);
            }
            var parsed = ModelKey.parse(key);
            if (parsed.isPresent()) {
                read++;
                assertThat(parsed.get().bytes()).isEqualTo(key);
            }
        }
        assertThat(read).isPositive();
    }

    @Test
    void cannotBeMadeOfAPath() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ModelKey.Current("../x"));
        assertThatIllegalArgumentException().isThrownBy(() -> new ModelKey.Challenger("../x"));
        assertThatIllegalArgumentException().isThrownBy(() -> new ModelKey.Manifest("x", "../../../../x"));
        assertThatIllegalArgumentException().isThrownBy(() -> new ModelKey.Chunk("x", VERSION, ModelKey.MAX_CHUNKS));
    }
}
