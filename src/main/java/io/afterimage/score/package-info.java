/** Residuals, score recipes, calibration and verdicts: pure computation on arrays. */
@NullMarked
package io.afterimage.score;

import org.jspecify.annotations.NullMarked;
