{{- define "afterimage.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Room is left for the longest suffix and a StatefulSet's revision hash. */}}
{{- define "afterimage.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "afterimage.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "afterimage.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "afterimage.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Takes a list: root, component. What a selector asks for; it never changes. */}}
{{- define "afterimage.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "afterimage.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Takes a list: root, component. */}}
{{- define "afterimage.labels" -}}
{{- $root := index . 0 -}}
{{ include "afterimage.selector" . }}
app.kubernetes.io/part-of: afterimage
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The first refusal wins, so that a release never starts half configured. */}}
{{- define "afterimage.check" -}}
{{- if and .Values.kafka.embedded.enabled .Values.kafka.bootstrapServers -}}
{{- fail "kafka.embedded.enabled and kafka.bootstrapServers exclude each other" -}}
{{- end -}}
{{- if not (or .Values.kafka.embedded.enabled .Values.kafka.bootstrapServers) -}}
{{- fail "kafka.bootstrapServers is missing: host:port of a broker, or kafka.embedded.enabled=true to try things out" -}}
{{- end -}}
{{- if and .Values.kafka.embedded.enabled (ne .Values.kafka.security "PLAINTEXT") -}}
{{- fail "the embedded broker knows no authentication: kafka.security must be PLAINTEXT" -}}
{{- end -}}
{{- if and .Values.kafka.embedded.enabled (eq .Values.topics.managedBy "strimzi") -}}
{{- fail "topics.managedBy=strimzi needs a cluster of Strimzi, not kafka.embedded" -}}
{{- end -}}
{{- if and (eq .Values.topics.managedBy "strimzi") (not .Values.strimzi.cluster) -}}
{{- fail "strimzi.cluster is missing: the name of the Kafka resource the topics belong to" -}}
{{- end -}}
{{- if and .Values.strimzi.users (ne .Values.topics.managedBy "strimzi") -}}
{{- fail "strimzi.users needs topics.managedBy=strimzi" -}}
{{- end -}}
{{- if and .Values.strimzi.users (eq .Values.kafka.security "PLAINTEXT") -}}
{{- fail "strimzi.users makes users that authenticate: kafka.security must be SSL, SASL_SSL or SASL_PLAINTEXT" -}}
{{- end -}}
{{- if and .Values.strimzi.users (hasPrefix "SASL_" .Values.kafka.security) (ne .Values.kafka.sasl.mechanism "SCRAM-SHA-512") -}}
{{- fail "users of Strimzi authenticate with SCRAM-SHA-512: set kafka.sasl.mechanism" -}}
{{- end -}}
{{- if and (hasPrefix "SASL_" .Values.kafka.security) (not .Values.strimzi.users) -}}
{{- if not .Values.kafka.sasl.username -}}
{{- fail "kafka.sasl.username is missing" -}}
{{- end -}}
{{- if not (or .Values.kafka.sasl.password .Values.kafka.sasl.existingSecret) -}}
{{- fail "a password is missing: kafka.sasl.existingSecret (better) or kafka.sasl.password" -}}
{{- end -}}
{{- end -}}
{{- if regexMatch "[\"\\\\\n]" .Values.kafka.sasl.password -}}
{{- fail "kafka.sasl.password must not have quotes, backslashes or line breaks: it becomes a part of a JAAS line" -}}
{{- end -}}
{{- end -}}
