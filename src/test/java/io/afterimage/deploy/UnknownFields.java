package io.afterimage.deploy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The types of Kubernetes keep a field they do not know aside, at any depth; the API server would drop it in silence. */
final class UnknownFields {
    private final List<String> found = new ArrayList<>();

    private UnknownFields() {}

    /** One line for each. */
    static List<String> of(HasMetadata resource) {
        var search = new UnknownFields();
        if (!(resource instanceof GenericKubernetesResource)) {
            search.walk(resource, Manifests.name(resource));
        }
        return search.found;
    }

    private void walk(@Nullable Object value, String path) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> walk(inner, path + "." + key));
        } else if (value instanceof Collection<?> collection) {
            int i = 0;
            for (Object inner : collection) {
                walk(inner, path + "[" + i++ + "]");
            }
        } else if (value != null && !value.getClass().isEnum() && isModel(value.getClass())) {
            for (Class<?> type = value.getClass(); type != null && isModel(type); type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers())) {
                        look(field, value, path);
                    }
                }
            }
        }
    }

    private void look(Field field, Object owner, String path) {
        Object value;
        try {
            field.setAccessible(true);
            value = field.get(owner);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        if (!field.getName().equals("additionalProperties")) {
            walk(value, path + "." + field.getName());
        } else if (value instanceof Map<?, ?> unknown && !unknown.isEmpty()) {
            found.add(path + " has no field " + unknown.keySet());
        }
    }

    private static boolean isModel(Class<?> type) {
        return type.getName().startsWith("io.fabric8.") || type.getName().startsWith("io.strimzi.");
    }
}
