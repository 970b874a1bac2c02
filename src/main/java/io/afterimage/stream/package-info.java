/** The Kafka Streams topology, the look-ahead, topics, stores and the service. Start reading at {@code ScoringTopology}. */
@NullMarked
package io.afterimage.stream;

import org.jspecify.annotations.NullMarked;
