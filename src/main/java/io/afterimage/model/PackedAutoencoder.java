package io.afterimage.model;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The forward pass of a trained {@link ConvolutionalAutoencoder}, prepared for serving: the same numbers in two thirds of the
 * time. What it does is in {@code torchscript/packed_autoencoder.py}, text that is part of this software; a model brings
 * numbers only. Where the engine lacks oneDNN, or the results differ, the plain blocks are used instead.
 *
 * <p>It also makes scores independent of the batch: the plain blocks take another convolution for small batches.
 */
final class PackedAutoencoder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PackedAutoencoder.class);

    private static final String CLASS = "PackedAutoencoder";
    private static final String SOURCE = "/torchscript/packed_autoencoder.py";
    /** Two ways of adding up the same products; pixels are in [0, 1]. */
    private static final float MOST_DIFFERENCE = 1e-4f;

    private final Model script;
    private final NDList packed;

    private PackedAutoencoder(Model script, NDList packed) {
        this.script = script;
        this.packed = packed;
    }

    /** Packs a frozen network; empty when the packed pass is not available here or does not agree with the blocks. */
    static Optional<PackedAutoencoder> of(NDManager manager, ConvolutionalAutoencoder network) {
        Model script = Model.newInstance(CLASS, "PyTorch");
        try {
            script.load(new ByteArrayInputStream(archive()));
            PackedAutoencoder candidate = new PackedAutoencoder(script, pack(script, network));
            if (candidate.agreesWith(network, manager)) {
                return Optional.of(candidate);
            }
            LOG.warn("The packed forward pass differs from the plain one on this machine; the plain one is used");
        } catch (EngineException | IOException | MalformedModelException e) {
            LOG.warn("The packed forward pass is not available on this machine; the plain one is used", e);
        }
        script.close();
        return Optional.empty();
    }

    private static NDList pack(Model script, ConvolutionalAutoencoder network) {
        NDManager manager = script.getNDManager();
        NDList inputs = new NDList();
        for (Parameter parameter : network.namedParameters().values()) {
            NDArray array = parameter.getArray().stopGradient();
            array.attach(manager);
            array.setName(null);
            inputs.add(array);
        }
        AutoencoderArchitecture architecture = network.architecture();
        inputs.add(manager.zeros(new Shape(architecture.rows(3), architecture.columns(3))));
        NDArray method = manager.create(0f);
        // The engine's way of calling a method other than forward.
        method.setName("module_method:pack");
        inputs.add(method);
        NDList packed = script.getBlock().forward(new ParameterStore(manager, false), inputs, false);
        packed.forEach(array -> array.setName(null));
        packed.attach(manager);
        return packed;
    }

    boolean agreesWith(ConvolutionalAutoencoder network, NDManager parent) {
        try (NDManager manager = parent.newSubManager()) {
            var shape = network.architecture().input();
            NDArray probe = manager.arange(0f, 2f * shape.size())
                    .mul(0.37f)
                    .sin()
                    .abs()
                    .reshape(2, shape.channels(), shape.height(), shape.width());
            ParameterStore parameters = new ParameterStore(manager, false);
            NDList plain = network.forward(parameters, new NDList(probe), false);
            NDList fast = forward(parameters, probe);
            fast.set(2, network.features(fast.get(2)));
            for (int i = 0; i < plain.size(); i++) {
                float scale = Math.max(1, plain.get(i).abs().max().getFloat());
                if (plain.get(i).sub(fast.get(i)).abs().max().getFloat() > MOST_DIFFERENCE * scale) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The reconstructions, the latent vectors and the third feature maps, not pooled. */
    NDList forward(ParameterStore parameters, NDArray pictures) {
        NDList inputs = new NDList(packed.size() + 1);
        inputs.add(pictures);
        inputs.addAll(packed);
        return script.getBlock().forward(parameters, inputs, false);
    }

    /** The text as the archive that the engine loads: a zip of the code and of an object without any fields but one. */
    private static byte[] archive() throws IOException {
        byte[] source;
        try (InputStream in = Objects.requireNonNull(PackedAutoencoder.class.getResourceAsStream(SOURCE))) {
            source = in.readAllBytes();
        }
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        object.write(new byte[] {(byte) 0x80, 2, 'c'});
        object.write(("__torch__\n" + CLASS + "\n").getBytes(StandardCharsets.US_ASCII));
        object.write(new byte[] {')', (byte) 0x81, '}', '(', 'X', 8, 0, 0, 0});
        object.write("training".getBytes(StandardCharsets.US_ASCII));
        object.write(new byte[] {(byte) 0x89, 'u', 'b', '.'});
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            store(zip, "data.pkl", object.toByteArray());
            store(zip, "code/__torch__.py", source);
            store(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
        }
        return archive.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        ZipEntry entry = new ZipEntry("packed/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    @Override
    public void close() {
        script.close();
    }
}
