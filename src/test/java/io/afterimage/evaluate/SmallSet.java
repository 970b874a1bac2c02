package io.afterimage.evaluate;

import io.afterimage.image.InputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Pictures of two kinds: stripes that lie and stripes that stand, of random phase. */
public final class SmallSet {
    private SmallSet() {}

    public static LabelledImages of(int perLabel, long seed) {
        return of(new InputShape(1, 17, 20), perLabel, seed);
    }

    public static LabelledImages of(InputShape shape, int perLabel, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<String, List<float[]>> byLabel = new TreeMap<>();
        for (String label : List.of("lying", "standing")) {
            List<float[]> images = new ArrayList<>();
            for (int n = 0; n < perLabel; n++) {
                float[] image = new float[shape.size()];
                double phase = random.nextDouble(6.28);
                for (int i = 0; i < image.length; i++) {
                    int at = label.equals("lying") ? i / shape.width() : i % shape.width();
                    image[i] = (float) (0.5 + 0.5 * Math.sin(at * 0.7 + phase));
                }
                images.add(image);
            }
            byLabel.put(label, images);
        }
        return new LabelledImages("stripes", shape, byLabel);
    }
}
