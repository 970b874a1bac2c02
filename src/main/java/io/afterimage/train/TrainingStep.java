package io.afterimage.train;

/**
 * Progress of training.
 *
 * @param step steps done, from 1
 * @param steps steps in all
 * @param images images in this step
 * @param loss squared error per image, summed over its values
 */
public record TrainingStep(int step, int steps, int images, double loss) {}
