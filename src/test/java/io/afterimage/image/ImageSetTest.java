package io.afterimage.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSetTest {
    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

    @TempDir
    private Path folder;

    @Test
    void folderZipIdxAndBuiltinGiveTheSameImages() throws Exception {
        List<LabelledImage> digits = read("builtin:digits").subList(0, 50);
        Path zip = folder.resolve("digits.zip");
        Path tree = folder.resolve("tree");
        Path plain = folder.resolve("some-images-idx3-ubyte");
        Path zipped = folder.resolve("other-images-idx3-ubyte.gz");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (int i = 0; i < digits.size(); i++) {
                String path = digits.get(i).label() + "/%03d.png".formatted(i);
                out.putNextEntry(new ZipEntry(path));
                out.write(digits.get(i).encoded());
                Files.createDirectories(tree.resolve(path).getParent());
                Files.write(tree.resolve(path), digits.get(i).encoded());
            }
        }
        Files.write(plain, idx(digits, digits.size()));
        Files.write(folder.resolve("some-labels-idx1-ubyte"), idxLabels(digits));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            out.write(idx(digits, digits.size()));
        }
        List<String> expected = contents(digits);
        assertThat(contents(read(plain.toString()))).isEqualTo(expected);
        assertThat(contents(read(tree.toString()))).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(contents(read(zip.toString()))).isEqualTo(contents(read(tree.toString())));
        List<LabelledImage> unlabelled = read(zipped.toString());
        assertThat(unlabelled)
                .hasSize(50)
                .allSatisfy(image -> assertThat(image.label()).isNull());
        for (int i = 0; i < 50; i++) {
            assertThat(unlabelled.get(i).raster(decoder).samples())
                    .isEqualTo(digits.get(i).raster(decoder).samples());
        }
    }

    @ParameterizedTest
    @CsvSource({"digits, 10000", "digits-train, 8000", "digits-test, 2000", "fashion, 4000"})
    void theShippedSetsHoldTenKindsOfImages(String name, int size) throws Exception {
        List<LabelledImage> images = read("builtin:" + name);
        assertThat(images).hasSize(size);
        Set<String> labels = new TreeSet<>();
        Set<String> names = new HashSet<>();
        for (LabelledImage image : images) {
            labels.add(String.valueOf(image.label()));
            names.add(image.name());
        }
        assertThat(labels).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        assertThat(names).hasSize(size);
    }

    @Test
    void noDigitIsInBothHalves() throws Exception {
        Set<String> train = new HashSet<>(contents(read("builtin:digits-train")));
        List<String> test = contents(read("builtin:digits-test"));
        assertThat(train).hasSize(8_000).doesNotContainAnyElementsOf(test);
        assertThat(contents(read("builtin:digits")).subList(8_000, 10_000)).isEqualTo(test);
    }

    @Test
    void aSetCanBeGoneThroughTwice() throws Exception {
        try (ImageSet set = ImageSet.open("builtin:fashion")) {
            var abandoned = set.iterator();
            abandoned.next();
            abandoned.next();
            assertThat(set.iterator().next().encoded())
                    .isEqualTo(set.iterator().next().encoded());
        }
    }

    @Test
    void filesAreSortedAndOthersAreCounted() throws Exception {
        byte[] png = new PngEncoder().encode(Pictures.raster(3, 3, 1, 1));
        Files.createDirectories(folder.resolve("b/deep"));
        for (String path : List.of("b/2.PNG", "b/10.png", "a.jpeg", "b/deep/1.gif")) {
            Files.write(folder.resolve(path), png);
        }
        for (String path : List.of("notes.txt", ".hidden.png", "b/png")) {
            Files.write(folder.resolve(path), png);
        }
        try (ImageSet set = ImageSet.open(folder.toString())) {
            List<LabelledImage> images = new ArrayList<>();
            set.forEach(images::add);
            assertThat(images)
                    .extracting(LabelledImage::name)
                    .containsExactly("a.jpeg", "b/10.png", "b/2.PNG", "b/deep/1.gif");
            assertThat(images).extracting(LabelledImage::label).containsExactly(null, "b", "b", "deep");
            assertThat(set.size()).isEqualTo(4);
            assertThat(set.ignored()).isEqualTo(3);
        }
        assertThat(read(folder.resolve("a.jpeg").toString()))
                .singleElement()
                .satisfies(image -> assertThat(image.encoded()).isEqualTo(png));
    }

    @Test
    void aFileOverTheLimitIsOneRejectionNotTheEndOfTheSet() throws Exception {
        ImageLimits limits = new ImageLimits(1_000, 1_000);
        byte[] small = new PngEncoder().encode(Pictures.raster(3, 3, 1, 1));
        Files.write(folder.resolve("1.png"), Arrays.copyOf(small, 5_000));
        Files.write(folder.resolve("2.png"), small);
        Path zip = folder.resolve("set.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("1.png"));
            out.write(new byte[5_000_000]);
            out.putNextEntry(new ZipEntry("2.png"));
            out.write(small);
        }
        for (Path path : List.of(folder, zip)) {
            try (ImageSet set = ImageSet.open(path.toString(), limits)) {
                List<LabelledImage> images = new ArrayList<>();
                set.forEach(images::add);
                assertThat(images.get(0).encoded()).hasSize(1_001);
                assertThatThrownBy(() -> images.get(0).raster(new ImageDecoder(limits)))
                        .isInstanceOfSatisfying(
                                ImageRejectedException.class,
                                e -> assertThat(e.reason()).isEqualTo(Rejection.TOO_MANY_BYTES));
                assertThat(images.get(1).raster(new ImageDecoder(limits)).width())
                        .isEqualTo(3);
            }
        }
    }

    @Test
    void whatCannotBeOpenedSaysWhy() throws Exception {
        assertRefused(folder.resolve("nothing").toString(), "there is no such file or folder");
        assertRefused("builtin:cats", "builtin:digits-test");
        assertRefused("bad\0path", "cannot read");
        assertRefused(Files.createDirectory(folder.resolve("empty")).toString(), "no images in");
        assertRefused(file("text.idx", "no images".getBytes(StandardCharsets.UTF_8)), "neither a zip, nor an idx file");
        assertRefused(file("short", new byte[] {0, 0, 8, 3, 0}), "damaged");
        assertRefused(file("labels", new byte[] {0, 0, 8, 1, 0, 0, 0, 1, 7}), "not an idx file of images");
        assertRefused(file("not.gz", new byte[] {0x1F, (byte) 0x8B, 9, 9, 9, 9}), "damaged");
        assertRefused(file("bad.zip", "PK and no more".getBytes(StandardCharsets.UTF_8)), "damaged zip");
        assertRefused(file("none", idxHeader(0, 28, 28)), "announces 0 images");
        assertRefused(file("huge", idxHeader(1, 60_000, 60_000)), "60000x60000 pixels announced");
        assertRefused(file("negative", idxHeader(1, -28, 28)), "no pixels");
        file("x-labels-idx1-ubyte", new byte[] {0, 0, 8, 1, 0, 0, 0, 9});
        assertRefused(file("x-images-idx3-ubyte", idxHeader(1, 2, 2)), "labels beside");
    }

    @Test
    void anIdxThatAnnouncesMoreThanItHoldsFailsWhereItEnds() throws Exception {
        List<LabelledImage> digits = read("builtin:digits").subList(0, 3);
        String path = file("torn", idx(digits, Integer.MAX_VALUE));
        try (ImageSet set = ImageSet.open(path)) {
            List<LabelledImage> images = new ArrayList<>();
            assertThatThrownBy(() -> set.forEach(images::add))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("more images than the 3 it holds");
            assertThat(images).hasSize(3);
        }
    }

    private void assertRefused(String specification, String message) {
        assertThatThrownBy(() -> ImageSet.open(specification))
                .isInstanceOf(ImageSetException.class)
                .hasMessageContaining(message);
    }

    private String file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content).toString();
    }

    private static List<LabelledImage> read(String specification) throws Exception {
        try (ImageSet set = ImageSet.open(specification)) {
            List<LabelledImage> images = new ArrayList<>();
            set.forEach(images::add);
            assertThat(images).hasSize(set.size());
            return images;
        }
    }

    /** Label and pixels of each. */
    private List<String> contents(List<LabelledImage> images) throws ImageRejectedException {
        List<String> contents = new ArrayList<>();
        for (LabelledImage image : images) {
            byte[] samples = image.raster(decoder).samples();
            contents.add(image.label() + " " + new String(samples, StandardCharsets.ISO_8859_1));
        }
        return contents;
    }

    private byte[] idx(List<LabelledImage> images, int announced) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(idxHeader(announced, 28, 28));
        for (LabelledImage image : images) {
            out.writeBytes(image.raster(decoder).samples());
        }
        return out.toByteArray();
    }

    private static byte[] idxHeader(int count, int height, int width) throws IOException {
        return ints(0x803, count, height, width);
    }

    private static byte[] idxLabels(List<LabelledImage> images) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ints(0x801, images.size()));
        images.forEach(image -> out.write(Integer.parseInt(String.valueOf(image.label()))));
        return out.toByteArray();
    }

    private static byte[] ints(int... values) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (int value : values) {
            out.writeInt(value);
        }
        return bytes.toByteArray();
    }
}
