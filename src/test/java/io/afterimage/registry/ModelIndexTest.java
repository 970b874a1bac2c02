package io.afterimage.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.afterimage.wire.ChallengerPointer;
import io.afterimage.wire.CurrentPointer;
import io.afterimage.wire.EventSerdes;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelIndexTest {
    private static final String OLD = "aaaaaaaaaaaa";
    private static final String NEW = "bbbbbbbbbbbb";

    private final ModelIndex index = new ModelIndex(null);
    private long offset;

    @Test
    void knowsWhereEverythingStands() {
        manifest("digits", OLD);
        chunk("digits", OLD, 1, 20);
        chunk("digits", OLD, 0, 10);
        point("digits", OLD);

        Upload upload = index.upload("digits", OLD).orElseThrow();
        assertThat(upload.manifest()).contains(new Upload.Place(0, 2));
        assertThat(upload.chunks().values()).containsExactly(new Upload.Place(2, 10), new Upload.Place(1, 20));
        assertThat(upload.bytes()).isEqualTo(30);
        assertThat(index.current("digits").orElseThrow().generation()).isEqualTo(4);
        assertThat(index.entries()).isEqualTo(3);
    }

    @Test
    void forgetsWhatIsDeleted() {
        manifest("digits", OLD);
        chunk("digits", OLD, 0, 10);
        point("digits", OLD);

        put(new ModelKey.Chunk("digits", OLD, 0).bytes(), null);
        put(new ModelKey.Manifest("digits", OLD).bytes(), null);
        put(new ModelKey.Current("digits").bytes(), null);

        assertThat(index.names()).isEmpty();
        assertThat(index.entries()).isZero();
        assertThat(index.current("digits")).isEmpty();
    }

    @Test
    void garbageOverAChunkIsNotThatChunk() {
        chunk("digits", OLD, 0, 10);
        chunk("digits", OLD, 0, ModelsTopic.CHUNK_BYTES + 1);

        assertThat(index.upload("digits", OLD)).isEmpty();
        assertThat(ignored(IgnoredRecord.WRONG_SIZE)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"version\":\"../../../x\",\"previous\":[],\"reason\":\"\",\"at\":\"2026-01-01T00:00:00Z\"}",
                "{\"version\":\"bbbbbbbbbbbb\",\"previous\":[],\"reason\":\"\",\"at\":\"then\"}",
                "{\"version\":\"bbbbbbbbbbbb\",\"previous\":null,\"reason\":\"\",\"at\":\"2026-01-01T00:00:00Z\"}",
                "{\"version\":\"bbbbbbbbbbbb\",\"previous\":[null],\"reason\":\"\",\"at\":\"2026-01-01T00:00:00Z\"}",
                "{\"version\":\"bbbbbbbbbbbb\",\"previous\":[\"x\"],\"reason\":\"\",\"at\":\"2026-01-01T00:00:00Z\"}",
                "{\"@class\":\"java.lang.Runtime\",\"version\":1}"
            })
    void aPointerThatCannotBeReadDoesNotReplaceOneThatCan(String json) {
        point("digits", OLD);

        put(new ModelKey.Current("digits").bytes(), json.getBytes(UTF_8));

        assertThat(index.current("digits").orElseThrow().version()).isEqualTo(OLD);
        assertThat(ignored(IgnoredRecord.UNREADABLE_POINTER) + ignored(IgnoredRecord.WRONG_SIZE))
                .isEqualTo(1);
    }

    static List<ModelKey> pointers() {
        return List.of(new ModelKey.Current("digits"), new ModelKey.Challenger("digits"));
    }

    @ParameterizedTest
    @MethodSource("pointers")
    void doesNotParseAHugePointer(ModelKey pointer) {
        String nested = "[".repeat(ModelIndex.MAX_POINTER_BYTES + 1);
        put(pointer.bytes(), nested.getBytes(UTF_8));
        assertThat(ignored(IgnoredRecord.WRONG_SIZE)).isEqualTo(1);
        put(pointer.bytes(), nested.substring(1000).getBytes(UTF_8));
        assertThat(ignored(IgnoredRecord.UNREADABLE_POINTER)).isEqualTo(1);
        assertThat(index.current("digits")).isEmpty();
        assertThat(index.challenger("digits")).isEmpty();
    }

    @Test
    void theLongestPointerFits() {
        List<String> previous = new Random(1)
                .ints(CurrentPointer.MAX_PREVIOUS)
                .mapToObj(i -> "0000%08x".formatted(i))
                .toList();
        CurrentPointer longest = CurrentPointer.of(OLD, previous, "\u0001".repeat(3000), Instant.EPOCH);
        put(new ModelKey.Current("digits").bytes(), json(longest));
        assertThat(index.current("digits").orElseThrow().pointer()).isEqualTo(longest);
    }

    @Test
    void randomRecordsNeitherStopItNorStay() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] key = new byte[random.nextInt(200)];
            byte[] value = new byte[random.nextInt(50)];
            random.nextBytes(key);
            random.nextBytes(value);
            put(key, value);
        }
        assertThat(ignored(IgnoredRecord.UNKNOWN_KEY)).isEqualTo(20_000);
        assertThat(index.names()).isEmpty();
    }

    @Test
    void aFloodOfVersionsPushesOutNothingThatIsPointedTo() {
        manifest("digits", OLD);
        manifest("digits", NEW);
        point("digits", NEW, OLD);
        for (int i = 0; i < 10 * ModelIndex.MAX_VERSIONS; i++) {
            manifest("digits", "%012x".formatted(i));
        }

        assertThat(index.uploads("digits")).hasSize(ModelIndex.MAX_VERSIONS);
        assertThat(index.upload("digits", OLD)).isPresent();
        assertThat(index.upload("digits", NEW)).isPresent();
        assertThat(ignored(IgnoredRecord.TOO_MANY)).isEqualTo(9L * ModelIndex.MAX_VERSIONS + 2);
    }

    @Test
    void aFloodOfModelsFillsItNoFurtherThanItsLimit() {
        for (int i = 0; i < ModelIndex.MAX_ENTRIES + 1000; i++) {
            manifest("m" + i, OLD);
        }
        assertThat(index.entries()).isEqualTo(ModelIndex.MAX_ENTRIES);
        assertThat(index.names()).hasSize(ModelIndex.MAX_ENTRIES);
        assertThat(ignored(IgnoredRecord.TOO_MANY)).isEqualTo(1000);
        for (int i = 0; i < 1000; i++) {
            point("p" + i, OLD);
        }
        assertThat(ignored(IgnoredRecord.TOO_MANY)).isEqualTo(2000);
    }

    @Test
    void aWatcherOfOneModelIsNotBotheredByOthers() {
        ModelIndex one = new ModelIndex("digits");
        one.apply(record(new ModelKey.Manifest("parts", OLD).bytes(), "{}".getBytes(UTF_8)));
        assertThat(one.entries()).isZero();
        assertThat(one.names()).isEmpty();
    }

    @Test
    void offersTheCurrentVersionThenThoseBeforeItThenThoseOncePointedTo() {
        manifest("digits", "cccccccccccc");
        point("digits", "dddddddddddd");
        point("digits", NEW, OLD);

        assertThat(index.candidates("digits")).containsExactly(NEW, OLD, "dddddddddddd");
        assertThat(index.candidates("parts")).isEmpty();
    }

    @Test
    void offersWhatIsThereOnlyWhenThePointerWasDestroyed() {
        manifest("digits", OLD);
        manifest("digits", NEW);
        assertThat(index.candidates("digits")).isEmpty();

        put(new ModelKey.Current("digits").bytes(), new byte[] {1, 2, 3});
        assertThat(index.candidates("digits")).containsExactly(NEW, OLD);
    }

    @Test
    void knowsTheChallengerUntilItIsTakenBack() {
        challenge("digits", OLD);
        assertThat(index.challenger("digits").map(ChallengerPointer::version)).contains(OLD);
        assertThat(index.challenger("parts")).isEmpty();
        assertThat(index.candidates("digits")).isEmpty();
        assertThat(index.names()).isEmpty();

        put(new ModelKey.Challenger("digits").bytes(), null);
        put(new ModelKey.Challenger("parts").bytes(), null);
        assertThat(index.challenger("digits")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"version\":\"../../../x\",\"reason\":\"\",\"at\":\"2026-01-01T00:00:00Z\"}",
                "{\"version\":null,\"reason\":\"\",\"at\":\"2026-01-01T00:00:00Z\"}",
                "{\"version\":\"bbbbbbbbbbbb\",\"reason\":\"\",\"at\":\"then\"}",
                "{\"version\":\"bbbbbbbbbbbb\"}"
            })
    void aChallengerThatCannotBeReadDoesNotReplaceOneThatCan(String json) {
        challenge("digits", OLD);

        put(new ModelKey.Challenger("digits").bytes(), json.getBytes(UTF_8));

        assertThat(index.challenger("digits").map(ChallengerPointer::version)).contains(OLD);
        assertThat(ignored(IgnoredRecord.UNREADABLE_POINTER) + ignored(IgnoredRecord.WRONG_SIZE))
                .isEqualTo(1);
    }

    @Test
    void aFloodPushesOutNeitherTheChallengerNorFillsTheIndex() {
        manifest("digits", OLD);
        challenge("digits", OLD);
        for (int i = 0; i < 2 * ModelIndex.MAX_VERSIONS; i++) {
            manifest("digits", "%012x".formatted(i));
        }
        assertThat(index.upload("digits", OLD)).isPresent();

        for (int i = 0; i < ModelIndex.MAX_ENTRIES + 1000; i++) {
            challenge("m" + i, OLD);
        }
        assertThat(index.challenger("m0")).isPresent();
        assertThat(index.challenger("m" + ModelIndex.MAX_ENTRIES)).isEmpty();
    }

    @Test
    void reasonsOfEventsAreCut() {
        assertThat(CurrentPointer.of(OLD, List.of(), "x".repeat(5000), Instant.EPOCH)
                        .reason())
                .hasSize(2000)
                .endsWith("…");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new CurrentPointer(OLD, List.of(OLD), "", "2026-01-01T00:00:00Z"));
    }

    private void manifest(String name, String version) {
        put(new ModelKey.Manifest(name, version).bytes(), "{}".getBytes(UTF_8));
    }

    private void chunk(String name, String version, int i, int size) {
        put(new ModelKey.Chunk(name, version, i).bytes(), new byte[size]);
    }

    private void point(String name, String version, String... previous) {
        put(
                new ModelKey.Current(name).bytes(),
                json(CurrentPointer.of(version, List.of(previous), "test", Instant.EPOCH)));
    }

    private void challenge(String name, String version) {
        ChallengerPointer pointer = ChallengerPointer.of(version, "test", Instant.EPOCH);
        put(
                new ModelKey.Challenger(name).bytes(),
                EventSerdes.challengerPointer().serializer().serialize("t", pointer));
    }

    private static byte[] json(CurrentPointer pointer) {
        return EventSerdes.currentPointer().serializer().serialize("t", pointer);
    }

    private void put(byte[] key, byte @Nullable [] value) {
        index.apply(record(key, value));
    }

    private ConsumerRecord<byte[], byte[]> record(byte[] key, byte @Nullable [] value) {
        return new ConsumerRecord<>("models", 0, offset++, key, value);
    }

    private long ignored(IgnoredRecord reason) {
        return index.ignored().getOrDefault(reason, 0L);
    }
}
