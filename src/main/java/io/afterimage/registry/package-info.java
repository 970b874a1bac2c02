/** Models on Kafka: publishing them whole, reading them without trust, and following which one is current. */
@NullMarked
package io.afterimage.registry;

import org.jspecify.annotations.NullMarked;
