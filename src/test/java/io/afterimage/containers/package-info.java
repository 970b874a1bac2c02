/** What integration tests run on: the embedded broker, or brokers and the service in containers. */
@NullMarked
package io.afterimage.containers;

import org.jspecify.annotations.NullMarked;
