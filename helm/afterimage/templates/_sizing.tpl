{{/* Processors a container may count on, a whole number: of the limit, or without one of the request. */}}
{{- define "afterimage.processors" -}}
{{- $cpu := toString (default .requests.cpu (dig "limits" "cpu" "" .)) -}}
{{- if hasSuffix "m" $cpu -}}
{{- divf (float64 (trimSuffix "m" $cpu)) 1000 | ceil | int -}}
{{- else -}}
{{- float64 $cpu | ceil | int -}}
{{- end -}}
{{- end -}}

{{/* Memory limit in MiB. */}}
{{- define "afterimage.mebibytes" -}}
{{- if hasSuffix "Gi" .limits.memory -}}
{{- mul (int (trimSuffix "Gi" .limits.memory)) 1024 -}}
{{- else -}}
{{- int (trimSuffix "Mi" .limits.memory) -}}
{{- end -}}
{{- end -}}

{{/* Stream threads of one instance: one feeds four processors of inference. */}}
{{- define "afterimage.streamThreads" -}}
{{- $set := index .Values.settings "stream.threads" -}}
{{- if $set -}}
{{- include "afterimage.text" $set -}}
{{- else -}}
{{- divf (float64 (include "afterimage.processors" .Values.scoring.resources)) 4 | ceil | int -}}
{{- end -}}
{{- end -}}

{{/* The most instances that have work: a partition belongs to one stream thread. */}}
{{- define "afterimage.mostInstances" -}}
{{- divf (float64 .Values.topics.partitions) (float64 (include "afterimage.streamThreads" .)) | ceil | int -}}
{{- end -}}

{{- define "afterimage.maxReplicas" -}}
{{- min (int .Values.autoscaling.maxReplicas) (int (include "afterimage.mostInstances" .)) -}}
{{- end -}}

{{/* Whether more than one instance may run, so that a standby copy of the counts has a place. */}}
{{- define "afterimage.several" -}}
{{- if or (gt (int .Values.scoring.replicas) 1) (ne .Values.autoscaling.by "none") -}}true{{- end -}}
{{- end -}}

{{/* Takes a list: root, section (.Values.scoring or .Values.retrainer). The JVM and PyTorch fit the resources. */}}
{{- define "afterimage.sizingEnv" -}}
{{- $section := index . 1 -}}
- name: AFTERIMAGE_HEAP
  value: {{ printf "%dm" (div (mul (include "afterimage.mebibytes" $section.resources | int) (int $section.heapPercent)) 100) | quote }}
# Without a limit of processors the JVM would count all of the node's.
- name: JDK_JAVA_OPTIONS
  value: {{ printf "-XX:ActiveProcessorCount=%s %s" (include "afterimage.processors" $section.resources) $section.javaOptions | trim | quote }}
# Parallelism comes from threads of the service, each with one thread in PyTorch.
- name: OMP_NUM_THREADS
  value: "1"
{{- end -}}
