package io.afterimage.wire;

import java.time.Instant;

/**
 * What is said in headers about a picture that was made for a request.
 *
 * @param request the id of the request
 * @param index of the picture among those of the request, from 0
 * @param count of the pictures of the request
 * @param latent the vector it was decoded from; empty for a picture of pictures
 * @param model made it
 * @param time of the request's record
 */
@SuppressWarnings("ArrayRecordComponent") // written once and never compared
public record GeneratedPicture(
        String request, int index, int count, float[] latent, ScoreEvent.Model model, Instant time) {
    public static final String CONTENT_TYPE = "image/png";
    public static final String TYPE = "io.afterimage.generated.v1";

    /** The latent vector as a JSON array. */
    String latentJson() {
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < latent.length; i++) {
            json.append(i == 0 ? "" : ",").append(latent[i]);
        }
        return json.append(']').toString();
    }
}
