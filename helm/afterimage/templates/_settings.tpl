{{/* Numbers of a values file arrive as floats, and large ones would leave as 1e+06. */}}
{{- define "afterimage.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}{{- int64 . -}}{{- else -}}{{- toString . -}}{{- end -}}
{{- end -}}

{{/* Takes a map; gives the lines of a Java properties file. */}}
{{- define "afterimage.lines" -}}
{{- range $key, $value := . }}
{{ $key }}={{ include "afterimage.text" $value | replace "\\" "\\\\" | replace "\r" "" | replace "\n" "\\n" }}
{{- end }}
{{- end -}}

{{/*
Takes a list: root, component (scoring, retrainer, topics or test). The properties file of that component, in the
service's own words: the same keys as on its command line.
*/}}
{{- define "afterimage.properties" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $values := $root.Values -}}
{{- $settings := dict "afterimage.topics.prefix" $values.topics.prefix -}}
{{- $kafka := include "afterimage.kafkaProperties" . | fromJson -}}
{{- if has $component (list "scoring" "retrainer") -}}
  {{- $_ := set $settings "afterimage.application.id" (include "afterimage.applicationId" $root) -}}
  {{- range $key, $value := $values.settings -}}
    {{- $_ := set $settings (printf "afterimage.%s" $key) $value -}}
  {{- end -}}
{{- end -}}
{{- if eq $component "scoring" -}}
  {{- $_ := set $settings "afterimage.http.port" 8080 -}}
  {{- $_ := set $settings "afterimage.state.dir" "/var/lib/afterimage" -}}
  {{- $_ := set $settings "afterimage.stream.threads" (include "afterimage.streamThreads" $root) -}}
  {{- if not (hasKey $values.settings "inference.threads") -}}
    {{- $_ := set $settings "afterimage.inference.threads" (include "afterimage.processors" $values.scoring.resources) -}}
  {{- end -}}
  {{- if and (include "afterimage.several" $root) (not (hasKey $kafka "num.standby.replicas")) -}}
    {{- $_ := set $kafka "num.standby.replicas" (int $values.scoring.standbyReplicas) -}}
  {{- end -}}
{{- end -}}
{{- if eq $component "retrainer" -}}
  {{- $_ := set $settings "afterimage.retrain.http.port" 8081 -}}
  {{- if $values.retrainer.signing.existingSecret -}}
    {{- $_ := set $settings "afterimage.retrain.signing.key" (printf "/etc/afterimage/signing/%s" $values.retrainer.signing.key) -}}
  {{- end -}}
{{- end -}}
{{- range $key, $value := $kafka -}}
  {{- $_ := set $settings (printf "kafka.%s" $key) $value -}}
{{- end -}}
{{- include "afterimage.lines" $settings | trim -}}
{{- end -}}

{{- define "afterimage.applicationId" -}}
{{- default (include "afterimage.fullname" .) .Values.applicationId -}}
{{- end -}}

{{/* Takes a list: root, component. */}}
{{- define "afterimage.configMapName" -}}
{{- printf "%s-%s" (include "afterimage.fullname" (index . 0)) (index . 1) -}}
{{- end -}}
