package io.afterimage.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Charts with one mistake each, which must not pass. */
class BrokenChartTest {
    @TempDir
    private Path scratch;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // fields and values Kubernetes would drop or refuse
                "scoring-statefulset | readinessProbe: | readynessProbe: | no field [readynessProbe]",
                "scoring-statefulset | maxSkew: 1 | maxScew: 1 | no field [maxScew]",
                "poddisruptionbudget | maxUnavailable: 1 | maxUnavailible: 1 | no field [maxUnavailible]",
                "services | publishNotReadyAddresses | publishUnready | no field [publishUnready]",
                "networkpolicy | policyTypes: | policyType: | no field [policyType]",
                "monitoring | interval: {{ | intervall: {{ | no field [intervall]",
                "strimzi | topicName: | topic: | no field [topic]",
                "strimzi | patternType: prefix | patternType: start | cannot be 'start'",
                "strimzi | - DescribeConfigs | - DescribeConfig | cannot be 'DescribeConfig'",
                "retrainer-deployment | replicas: 1 | replicas: one | one",
                "poddisruptionbudget | kind: PodDisruptionBudget | kind: ClusterRole | makes no policy/v1 ClusterRole",
                "topics-job | backoffLimit: | backofLimit: | no field [backofLimit]",
                "tests/score-an-image | restartPolicy: Never | restartPolicies: Never | no field [restartPolicies]",
                // names that do not meet
                "services | name: http | name: metrics | reads port http",
                "services | targetPort: http | targetPort: web | asks at port web",
                "scoring-statefulset | containerPort: 8080 | containerPort: 8081 | listens on 8080",
                "retrainer-deployment | containerPort: 8081 | containerPort: 8080 | listens on 8081",
                "scoring-statefulset | path: /readyz | path: /ready | is probed at /ready",
                "scoring-statefulset | mountPath: /var/lib/afterimage | mountPath: /var/lib/state | nothing is mounted",
                "scoring-statefulset | $(POD_NAME).{{ | {{ | says it is found at",
                "scoring-statefulset | name: KAFKA_APPLICATION_SERVER | name: KAFKA_APPLICATION_SERVR | servr",
                "autoscaling | %s-scoring | %s-scorer | which is not there",
                "autoscaling | authenticationRef:¶        name: {{ $target }} | authenticationRef:¶        name: other"
                        + " | names an authentication that is not there",
                "poddisruptionbudget | {{- include \"afterimage.selector\" (list . \"scoring\") | "
                        + "{{- include \"afterimage.selector\" (list . \"scorer\") | selects 0 kinds of pods",
                // settings the service would refuse
                "_settings.tpl | afterimage.state.dir | afterimage.state.directory | afterimage.state.directory is not",
                "_settings.tpl | \"num.standby.replicas\" (int | \"num.standby.replica\" (int | num.standby.replicas?",
                "_kafka.tpl | \"ssl.truststore.type\" | \"ssl.truststore.typ\" | ssl.truststore.type?",
                "_pod.tpl | config/afterimage.properties | config/settings.properties | is not mounted",
                // privileges
                "_pod.tpl | runAsNonRoot: true | runAsNonRoot: false | may run as root",
                "_pod.tpl | readOnlyRootFilesystem: true | readOnlyRootFilesystem: false | may write to its root",
                "_pod.tpl | allowPrivilegeEscalation: false | allowPrivilegeEscalation: true | may gain privileges",
                "_pod.tpl | - ALL | - NET_RAW | keeps capabilities",
                "_pod.tpl | type: RuntimeDefault | type: Unconfined | no seccomp profile",
                "_pod.tpl | automountServiceAccountToken: false | automountServiceAccountToken: true | a token",
            })
    void isCaught(String template, String text, String replacement, String mistake) throws IOException {
        String file = "templates/" + (template.endsWith(".tpl") ? template : template + ".yaml");
        Chart broken = Chart.OURS.with(
                scratch.resolve("chart"), file, text.replace('¶', '\n'), replacement.replace('¶', '\n'));
        Path settings = Files.createDirectory(scratch.resolve("settings"));

        List<String> mistakes = new ArrayList<>();
        for (String example : Chart.examples().toList()) {
            try {
                mistakes.addAll(ChartRules.mistakesIn(Manifests.of(broken.render(example)), settings));
            } catch (Manifests.NotAManifestException e) {
                mistakes.add(e.getMessage());
            }
        }
        assertThat(mistakes).anyMatch(line -> line.contains(mistake));
    }
}
