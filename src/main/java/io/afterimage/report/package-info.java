/** What was measured, as pages to look at: one file of HTML with everything in it. */
@NullMarked
package io.afterimage.report;

import org.jspecify.annotations.NullMarked;
