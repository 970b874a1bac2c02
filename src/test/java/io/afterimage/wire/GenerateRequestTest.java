package io.afterimage.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.afterimage.image.ImageRejectedException;
import io.afterimage.image.Rejection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request is taken when it is exactly one, and costs nothing when it is not. */
class GenerateRequestTest {
    @Test
    void readsEachKind() throws Exception {
        assertThat(read("{'id':'a','sample':{'count':4,'seed':-7}}"))
                .isEqualTo(new GenerateRequest("a", new GenerateRequest.Sample(4, -7)));
        assertThat(read("{'id':'a','grid':{'side':32}}"))
                .isEqualTo(new GenerateRequest("a", new GenerateRequest.Grid(32)));
        GenerateRequest decode = read("{'id':'a','decode':{'latent':[0.5,-1,2e1]}}");
        assertThat(((GenerateRequest.Decode) decode.wanted()).latent()).containsExactly(0.5f, -1f, 20f);
        GenerateRequest between = read("{'id':'a','interpolate':{'from':'AQI=','to':'Aw==','steps':2}}");
        GenerateRequest.Interpolate interpolate = (GenerateRequest.Interpolate) between.wanted();
        assertThat(interpolate.from()).containsExactly(1, 2);
        assertThat(interpolate.to()).containsExactly(3);
        assertThat(interpolate.steps()).isEqualTo(2);
    }

    @Test
    void aRequestWithoutIdIsNamedByItsPlace() throws Exception {
        assertThat(read("{'grid':{'side':1}}").id()).isEqualTo("topic-0-42");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no json",
                "null",
                "[]",
                "{}",
                "{'id':'a'}",
                "{'id':'','grid':{'side':1}}",
                "{'id':'a\\u0007','grid':{'side':1}}",
                "{'id':7,'grid':{'side':1}}",
                "{'id':'a','grid':{'side':1},'sample':{'count':1,'seed':1}}",
                "{'id':'a','grid':{'side':1},'grid':{'side':2}}",
                "{'id':'a','grid':{'side':1}} {}",
                "{'id':'a','grid':{'side':1,'shape':'round'}}",
                "{'id':'a','grid':{}}",
                "{'id':'a','grid':{'side':0}}",
                "{'id':'a','grid':{'side':33}}",
                "{'id':'a','grid':{'side':2.5}}",
                "{'id':'a','grid':{'side':'2'}}",
                "{'id':'a','grid':{'side':99999999999}}",
                "{'id':'a','sample':{'count':65,'seed':1}}",
                "{'id':'a','sample':{'count':0,'seed':1}}",
                "{'id':'a','sample':{'count':1}}",
                "{'id':'a','sample':{'seed':1}}",
                "{'id':'a','sample':{'count':1,'seed':1e99}}",
                "{'id':'a','decode':{}}",
                "{'id':'a','decode':{'latent':'AAAA'}}",
                "{'id':'a','decode':{'latent':[1,'x']}}",
                "{'id':'a','decode':{'latent':[null]}}",
                "{'id':'a','interpolate':{'from':'AQI=','steps':2}}",
                "{'id':'a','interpolate':{'from':'AQI=','to':'not base64!','steps':2}}",
                "{'id':'a','interpolate':{'from':'AQI=','to':'Aw==','steps':1}}",
                "{'id':'a','interpolate':{'from':'AQI=','to':'Aw==','steps':65}}"
            })
    void refusesWhatIsNone(String json) {
        assertThatExceptionOfType(ImageRejectedException.class)
                .isThrownBy(() -> read(json))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Rejection.INVALID_REQUEST))
                .satisfies(e -> assertThat(e.getMessage()).isNotBlank());
    }

    @Test
    void refusesNothingAndTooMuch() {
        for (byte[] none : new byte[][] {null, {}}) {
            assertThatExceptionOfType(ImageRejectedException.class)
                    .isThrownBy(() -> GenerateRequest.of(none, "p"))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Rejection.EMPTY));
        }
        assertThatExceptionOfType(ImageRejectedException.class)
                .isThrownBy(() -> GenerateRequest.of(new byte[GenerateRequest.MAX_BYTES + 1], "p"))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Rejection.TOO_MANY_BYTES));
    }

    @Test
    void depthCostsNothing() {
        assertThatExceptionOfType(ImageRejectedException.class)
                .isThrownBy(() -> read("{'id':" + "[".repeat(GenerateRequest.MAX_BYTES - 10)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Rejection.INVALID_REQUEST));
    }

    private static GenerateRequest read(String json) throws ImageRejectedException {
        return GenerateRequest.of(json.replace('\'', '"').getBytes(UTF_8), "topic-0-42");
    }
}
