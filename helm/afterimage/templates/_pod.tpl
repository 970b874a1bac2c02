{{/* What every pod of the chart has: nothing of the cluster's API, nobody's privileges. */}}
{{- define "afterimage.podBasics" -}}
automountServiceAccountToken: false
# A service called afterimage would leave AFTERIMAGE_* variables behind that are not settings.
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ int64 .Values.user.id }}
  runAsGroup: {{ int64 .Values.user.id }}
  fsGroup: {{ int64 .Values.user.id }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "afterimage.containerBasics" -}}
image: {{ include "afterimage.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop:
      - ALL
{{- end -}}

{{/* Takes a list: root, component. Settings, certificates and passwords, and the only writable place besides state. */}}
{{- define "afterimage.volumes" -}}
- name: config
  configMap:
    name: {{ include "afterimage.configMapName" . }}
- name: tmp
  emptyDir:
    sizeLimit: 512Mi
{{- include "afterimage.kafkaVolumes" . }}
{{- end -}}

{{/* Takes a list: root, component. */}}
{{- define "afterimage.mounts" -}}
- name: config
  mountPath: /etc/afterimage/config
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- include "afterimage.kafkaMounts" . }}
{{- end -}}

{{- define "afterimage.configEnv" -}}
- name: AFTERIMAGE_CONFIG
  value: /etc/afterimage/config/afterimage.properties
{{- end -}}

{{/* Takes a list: root, section. */}}
{{- define "afterimage.placement" -}}
{{- with (index . 1).nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (index . 1).affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (index . 1).tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (index . 1).priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/*
Takes a list: root, component. Where topics come into being beside the pods and not before them, a pod waits for them
without failing: kubelet repeats the question with growing pauses.
*/}}
{{- define "afterimage.waitForTopics" -}}
{{- $root := index . 0 -}}
{{- if or $root.Values.kafka.embedded.enabled (eq $root.Values.topics.managedBy "strimzi") }}
initContainers:
  - name: wait-for-topics
    {{- include "afterimage.containerBasics" $root | nindent 4 }}
    args: ["topics", "describe"]
    env:
      {{- include "afterimage.configEnv" $root | nindent 6 }}
      - name: AFTERIMAGE_HEAP
        value: 128m
    resources:
      {{- toYaml $root.Values.commands.resources | nindent 6 }}
    volumeMounts:
      {{- include "afterimage.mounts" . | nindent 6 }}
{{- end }}
{{- end -}}
