package io.afterimage.model;

import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.Map;

/**
 * The frozen network of a model, with what else was in its weights file.
 *
 * @param holder owns the network's memory
 * @param tensors of the weights file, by name
 */
record LoadedNetwork(Model holder, Network network, Map<String, SafeTensors.Tensor> tensors) {

    /**
     * Loads a model whose checksum was verified.
     *
     * @param others shapes of the tensors that are not the network's
     * @throws ModelRejectedException when it is for another task, or weights and architecture do not fit together
     */
    static LoadedNetwork of(ModelArtifact artifact, List<Task> tasks, Map<String, List<Long>> others)
            throws ModelRejectedException {
        ModelManifest manifest = artifact.manifest();
        Task task = manifest.architecture().task();
        if (!manifest.task().equals(task.label()) || !tasks.contains(task)) {
            throw new ModelRejectedException("model %s %s is for '%s', which is not what it is to be used for: %s"
                    .formatted(
                            manifest.name(),
                            manifest.version(),
                            manifest.task(),
                            String.join(" or ", tasks.stream().map(Task::label).toList())));
        }
        Model holder = Model.newInstance(manifest.name(), "PyTorch");
        try {
            Network network = Network.initialized(holder.getNDManager(), artifact);
            holder.setBlock(network);
            Map<String, SafeTensors.Tensor> tensors = network.restore(artifact.weights(), others);
            network.freezeParameters(true);
            return new LoadedNetwork(holder, network, tensors);
        } catch (ModelRejectedException | RuntimeException e) {
            holder.close();
            if (e instanceof IllegalArgumentException) {
                throw new ModelRejectedException("manifest and weights do not fit together: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    /**
     * Memory for one pass through the network on this thread. Gradient recording and the number of threads are settings of the
     * calling thread: without the first a pass records a graph for training, without the second several threads fight over the cores.
     */
    NDManager begin() {
        JniUtils.setGradMode(false);
        JniUtils.setNumThreads(1);
        return holder.getNDManager().newSubManager();
    }
}
