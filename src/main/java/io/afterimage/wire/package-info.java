/** What travels on the topics: CloudEvents headers, JSON payloads, serdes. */
@NullMarked
package io.afterimage.wire;

import org.jspecify.annotations.NullMarked;
