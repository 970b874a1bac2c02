/** What operators look at: dashboards, alerts and runbook, held against the service. */
@NullMarked
package io.afterimage.operations;

import org.jspecify.annotations.NullMarked;
