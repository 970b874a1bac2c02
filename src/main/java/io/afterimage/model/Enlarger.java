package io.afterimage.model;

import io.afterimage.image.InputTensor;
import io.afterimage.image.Raster;
import java.util.ArrayList;
import java.util.List;

/**
 * Doubles the resolution of pictures of any size in memory that does not grow with them. Large ones are taken in windows that overlap;
 * of each window's result the part counts whose whole surroundings the network has seen, so that the result is that of the picture as a
 * whole. Windows of one picture have one size, and a picture's result does not depend on what else is made at the same time.
 */
public final class Enlarger {
    /** The network sees 5 pixels in each direction: five convolutions of 3×3; bicubic interpolation sees 2. */
    static final int OVERLAP = 8;

    private static final int LARGEST_WINDOW = 256;
    private static final int SMALLEST_WINDOW = 4 * OVERLAP;
    /** In one feature map of one pass, 16 MiB. */
    private static final int MOST_VALUES = 4 << 20;

    private final PictureModel model;
    private final int channels;
    private final int width;
    private final int window;

    /** Takes rows of results: of one plane of one picture, from pixel (y, x) on to the right. */
    interface Sink {
        void row(int picture, int plane, int y, int x, float[] values, int from, int length);
    }

    private record Window(int picture, int row, int column) {}

    /**
     * @param model stays open; closing it is the caller's business
     * @throws IllegalArgumentException when it does not double the resolution
     */
    public Enlarger(PictureModel model) {
        this(model, window(model));
    }

    Enlarger(PictureModel model, int window) {
        this.model = model;
        this.channels = model.shape().channels();
        this.width = architecture(model).width();
        this.window = window;
    }

    private static UpscalingArchitecture architecture(PictureModel model) {
        if (model.manifest().architecture() instanceof UpscalingArchitecture upscaling) {
            return upscaling;
        }
        throw new IllegalArgumentException("a model for " + model.manifest().task() + " does not enlarge pictures");
    }

    private static int window(PictureModel model) {
        int side = (int) Math.sqrt((double) MOST_VALUES / architecture(model).width());
        return Math.max(SMALLEST_WINDOW, Math.min(LARGEST_WINDOW, side));
    }

    /** Multiplications it takes to enlarge so many pixels. */
    public long products(long pixels) {
        long own = (long) width * (channels + 3L * width + 4L * channels);
        return pixels * 9 * own;
    }

    /**
     * Doubles height and width.
     *
     * @param pictures all of one size; a model for grey takes the luma of colours, one for colours takes grey as colour
     * @return as many, with the channels of the model
     */
    public List<Raster> enlarge(List<Raster> pictures) {
        List<byte[]> samples = new ArrayList<>(pictures.size());
        for (Raster picture : pictures) {
            samples.add(new byte[Math.multiplyExact(4 * channels, picture.width() * picture.height())]);
        }
        int columns = 2 * pictures.get(0).width();
        enlarge(pictures, (picture, plane, y, x, values, from, length) -> {
            byte[] target = samples.get(picture);
            int at = (y * columns + x) * channels + plane;
            for (int i = 0; i < length; i++, at += channels) {
                target[at] = InputTensor.sample(values[from + i]);
            }
        });
        List<Raster> enlarged = new ArrayList<>(pictures.size());
        for (int i = 0; i < samples.size(); i++) {
            Raster picture = pictures.get(i);
            enlarged.add(new Raster(2 * picture.width(), 2 * picture.height(), channels, samples.get(i)));
        }
        return enlarged;
    }

    void enlarge(List<Raster> pictures, Sink sink) {
        int[] rows = starts(pictures.get(0).height(), window);
        int[] columns = starts(pictures.get(0).width(), window);
        List<Window> windows = new ArrayList<>();
        for (int picture = 0; picture < pictures.size(); picture++) {
            for (int row = 0; row < rows.length; row++) {
                for (int column = 0; column < columns.length; column++) {
                    windows.add(new Window(picture, row, column));
                }
            }
        }
        int height = Math.min(window, pictures.get(0).height());
        int breadth = Math.min(window, pictures.get(0).width());
        int atOnce = Math.max(1, MOST_VALUES / (width * height * breadth));
        for (int from = 0; from < windows.size(); from += atOnce) {
            List<Window> some = windows.subList(from, Math.min(windows.size(), from + atOnce));
            pass(pictures, some, rows, columns, height, breadth, atOnce, sink);
        }
    }

    private void pass(
            List<Raster> pictures,
            List<Window> windows,
            int[] rows,
            int[] columns,
            int height,
            int breadth,
            int atOnce,
            Sink sink) {
        int size = channels * height * breadth;
        // A pass of one rounds differently from a pass of several: where there may be several, one gets blank company.
        int slots = atOnce == 1 ? 1 : Math.max(2, windows.size());
        float[] in = new float[slots * size];
        for (int i = 0; i < windows.size(); i++) {
            Window at = windows.get(i);
            Raster picture = pictures.get(at.picture());
            InputTensor.writePart(
                    picture, channels, rows[at.row()], columns[at.column()], height, breadth, in, i * size);
        }
        float[] out = model.apply(in, slots, height, breadth);
        for (int i = 0; i < windows.size(); i++) {
            Window at = windows.get(i);
            Raster picture = pictures.get(at.picture());
            int top = rows[at.row()];
            int left = columns[at.column()];
            int firstRow = first(rows, at.row());
            int lastRow = end(rows, at.row(), picture.height());
            int firstColumn = first(columns, at.column());
            int lastColumn = end(columns, at.column(), picture.width());
            for (int plane = 0; plane < channels; plane++) {
                for (int y = 2 * firstRow; y < 2 * lastRow; y++) {
                    int line = ((i * channels + plane) * 2 * height + y - 2 * top) * 2 * breadth;
                    int from = line + 2 * (firstColumn - left);
                    sink.row(at.picture(), plane, y, 2 * firstColumn, out, from, 2 * (lastColumn - firstColumn));
                }
            }
        }
    }

    /** Where windows begin along one axis; the last one ends with the picture. */
    static int[] starts(int length, int window) {
        if (length <= window) {
            return new int[] {0};
        }
        int step = window - 2 * OVERLAP;
        int[] starts = new int[(length - 2 * OVERLAP + step - 1) / step];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = Math.min(i * step, length - window);
        }
        return starts;
    }

    /** Where the part of a window begins that counts. */
    private static int first(int[] starts, int i) {
        return i == 0 ? 0 : starts[i] + OVERLAP;
    }

    private static int end(int[] starts, int i, int length) {
        return i == starts.length - 1 ? length : starts[i + 1] + OVERLAP;
    }
}
