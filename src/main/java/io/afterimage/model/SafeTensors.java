package io.afterimage.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Weights in the safetensors format: the length of a header (8 bytes, little endian), the header (JSON: name, type, shape and
 * place of each tensor), then plain numbers. It carries no code, other languages read it, and a reader knows every shape before
 * it takes memory. Only 32-bit floats are written or accepted.
 */
final class SafeTensors {
    private static final int MAX_HEADER_BYTES = 1 << 20;
    private static final JsonMapper JSON = JsonMapper.shared();

    /**
     * An array of 32-bit floats.
     *
     * @param shape length of each dimension, the last one contiguous
     * @param values as many as the product of the shape; not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between disk and engine, never compared
    record Tensor(List<Long> shape, float[] values) {
        Tensor {
            shape = List.copyOf(shape);
            if (shape.stream().reduce(1L, Math::multiplyExact) != values.length) {
                throw new IllegalArgumentException(values.length + " values for shape " + shape);
            }
        }
    }

    private SafeTensors() {}

    static byte[] write(Map<String, Tensor> tensors) {
        ObjectNode header = JSON.createObjectNode();
        long end = 0;
        for (var entry : tensors.entrySet()) {
            ObjectNode tensor = header.putObject(entry.getKey());
            tensor.put("dtype", "F32");
            ArrayNode shape = tensor.putArray("shape");
            entry.getValue().shape().forEach(shape::add);
            ArrayNode offsets = tensor.putArray("data_offsets");
            offsets.add(end);
            end += 4L * entry.getValue().values().length;
            offsets.add(end);
        }
        byte[] head = JSON.writeValueAsBytes(header);
        // The format asks for numbers aligned to eight bytes and for blanks as padding.
        int padded = (head.length + 7) & ~7;
        byte[] aligned = Arrays.copyOf(head, padded);
        Arrays.fill(aligned, head.length, padded, (byte) ' ');
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(8 + padded + end)).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(padded).put(aligned);
        for (Tensor tensor : tensors.values()) {
            out.asFloatBuffer().put(tensor.values());
            out.position(out.position() + 4 * tensor.values().length);
        }
        return out.array();
    }

    /**
     * Reads tensors whose names and shapes must be exactly the expected ones.
     *
     * @throws ModelRejectedException when the bytes are anything else
     */
    static Map<String, Tensor> read(byte[] bytes, Map<String, List<Long>> expected) throws ModelRejectedException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 8) {
            throw new ModelRejectedException("weights end before their header");
        }
        long headerBytes = in.getLong();
        if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, bytes.length - 8)) {
            throw new ModelRejectedException("weights have a header of " + headerBytes + " bytes");
        }
        JsonNode header;
        try {
            header = JSON.readTree(new String(bytes, 8, (int) headerBytes, StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            throw new ModelRejectedException("the header of the weights is not JSON", e);
        }
        if (!header.isObject() || !Set.copyOf(header.propertyNames()).equals(expected.keySet())) {
            throw new ModelRejectedException("weights hold other tensors than the architecture has");
        }
        int start = 8 + (int) headerBytes;
        long place = 0;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (var entry : header.properties()) {
            List<Long> shape = Objects.requireNonNull(expected.get(entry.getKey()));
            long count = shape.stream().reduce(1L, Math::multiplyExact);
            JsonNode tensor = entry.getValue();
            JsonNode offsets = tensor.path("data_offsets");
            if (!tensor.path("dtype").asString("").equals("F32")
                    || !longs(tensor.path("shape")).equals(shape)
                    || !longs(offsets).equals(List.of(place, place + 4 * count))
                    || start + place + 4 * count > bytes.length) {
                throw new ModelRejectedException(
                        "tensor '%s' is not %s 32-bit floats at its place".formatted(entry.getKey(), shape));
            }
            float[] values = new float[Math.toIntExact(count)];
            in.slice(Math.toIntExact(start + place), Math.toIntExact(4 * count))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            for (float value : values) {
                if (!Float.isFinite(value)) {
                    throw new ModelRejectedException(
                            "tensor '" + entry.getKey() + "' holds a number that is not finite");
                }
            }
            tensors.put(entry.getKey(), new Tensor(shape, values));
            place += 4 * count;
        }
        if (start + place != bytes.length) {
            throw new ModelRejectedException("weights are longer than their header says");
        }
        return tensors;
    }

    private static List<Long> longs(JsonNode array) {
        return array.isArray() && array.valueStream().allMatch(JsonNode::isIntegralNumber)
                ? array.valueStream().map(JsonNode::longValue).toList()
                : List.of();
    }
}
