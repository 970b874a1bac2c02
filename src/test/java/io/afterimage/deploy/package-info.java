/** What operators install: the Helm chart, held to what Kubernetes and the service itself accept. */
@NullMarked
package io.afterimage.deploy;

import org.jspecify.annotations.NullMarked;
