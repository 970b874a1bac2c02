package io.afterimage.registry;

import org.apache.kafka.common.KafkaException;

/**
 * Another publisher of the same model began after this one and before its commit, or the commit came too late: the brokers
 * have thrown this change away whole. Whoever gets this looks at what is current now and may begin again.
 */
public final class PublisherFencedException extends KafkaException {
    private static final long serialVersionUID = 1L;

    PublisherFencedException(String model, Throwable cause) {
        super(
                "another publisher of model %s came in between, so nothing was changed; look at what is current now and try again"
                        .formatted(model),
                cause);
    }
}
