package io.afterimage.wire;

import io.afterimage.image.UpwardTwin;

/** The way back of a cycle made on purpose. */
public interface ReturnTwin {
    UpwardTwin below();
}
