package io.afterimage.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import io.afterimage.image.InputShape;
import io.afterimage.model.GenerativeArchitecture;
import io.afterimage.model.GenerativeLoss;
import io.afterimage.model.GenerativeNetwork;
import java.util.SplittableRandom;

/**
 * How far decoded pictures are from those that were encoded, plus the weighted distance of the latent vectors from a standard normal
 * distribution: for a variational network the Kullback-Leibler divergence; for an adversarial one what the discriminator's answer costs,
 * which learns at the same time.
 */
record Generation(GenerativeArchitecture architecture, SplittableRandom random) implements Objective {
    @Override
    public NDArray loss(Trainer trainer, NDManager manager, float[] images, int count) {
        InputShape shape = architecture.input();
        NDArray pictures = manager.create(images, new Shape(count, shape.channels(), shape.height(), shape.width()));
        NDArray normal = normal(manager, count);
        NDArray prior;
        NDList outputs;
        if (architecture.variational()) {
            outputs = trainer.forward(new NDList(pictures, normal));
            prior = GenerativeLoss.divergence(outputs.get(1), outputs.get(2));
        } else {
            outputs = trainer.forward(new NDList(pictures));
            prior = adversarial(trainer, manager, outputs.get(1), normal);
        }
        GenerativeArchitecture.Loss loss = architecture.loss();
        return GenerativeLoss.reconstruction(loss.pixels(), outputs.get(0), pictures)
                .sum()
                .add(prior.sum().mul((float) loss.prior()))
                .div(count);
    }

    /** The logistic loss of the discriminator, which learns from it, and of the encoder, which tries to deceive it. */
    private static NDArray adversarial(Trainer trainer, NDManager manager, NDArray encoded, NDArray drawn) {
        GenerativeNetwork network = (GenerativeNetwork) trainer.getModel().getBlock();
        ParameterStore parameters = new ParameterStore(manager, false);
        NDArray ofDrawn = network.discriminate(parameters, drawn, true);
        NDArray ofEncoded = network.discriminate(parameters, encoded.stopGradient(), true);
        NDArray deceived = network.discriminate(parameters, encoded, false);
        return Activation.softPlus(ofDrawn.neg())
                .add(Activation.softPlus(ofEncoded))
                .add(Activation.softPlus(deceived.neg()));
    }

    private NDArray normal(NDManager manager, int count) {
        float[] values = new float[count * architecture.latent()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, new Shape(count, architecture.latent()));
    }
}
