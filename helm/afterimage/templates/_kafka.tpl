{{- define "afterimage.bootstrapServers" -}}
{{- if .Values.kafka.embedded.enabled -}}
{{- include "afterimage.fullname" . }}-kafka:9092
{{- else -}}
{{- .Values.kafka.bootstrapServers -}}
{{- end -}}
{{- end -}}

{{/*
Takes a list: root, component. As JSON, who the component is to the brokers: username, and the secrets and keys its
password and its certificate are in; empty for what it does not need.
*/}}
{{- define "afterimage.credentials" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $kafka := $root.Values.kafka -}}
{{- $own := printf "%s-%s" (include "afterimage.fullname" $root) $component -}}
{{- $found := dict "username" "" "passwordSecret" "" "passwordKey" "" "clientSecret" "" "certificateKey" "" "privateKeyKey" "" -}}
{{- if $root.Values.strimzi.users -}}
  {{- if eq $kafka.security "SSL" -}}
    {{- $found = merge (dict "clientSecret" $own "certificateKey" "user.crt" "privateKeyKey" "user.key") $found -}}
  {{- else -}}
    {{- $found = merge (dict "username" $own "passwordSecret" $own "passwordKey" "password") $found -}}
  {{- end -}}
{{- else -}}
  {{- if hasPrefix "SASL_" $kafka.security -}}
    {{- $sasl := $kafka.sasl -}}
    {{- if and (eq $component "retrainer") $root.Values.retrainer.sasl.username -}}
      {{- $sasl = $root.Values.retrainer.sasl -}}
    {{- end -}}
    {{- $made := printf "%s-kafka%s" (include "afterimage.fullname" $root) (eq $component "topics" | ternary "-topics" "") -}}
    {{- $found = merge (dict "username" $sasl.username "passwordSecret" (default $made $sasl.existingSecret) "passwordKey" (empty $sasl.existingSecret | ternary "password" $sasl.passwordKey)) $found -}}
  {{- end -}}
  {{- if and (hasSuffix "SSL" $kafka.security) $kafka.tls.clientSecret -}}
    {{- $found = merge (dict "clientSecret" $kafka.tls.clientSecret "certificateKey" $kafka.tls.certificateKey "privateKeyKey" $kafka.tls.privateKeyKey) $found -}}
  {{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/*
Takes a list: root, component. The properties that all Kafka clients of a component share, as a map in JSON. Secrets stay
in their mounted files: Kafka's directory provider puts them in when a client is made.
*/}}
{{- define "afterimage.kafkaProperties" -}}
{{- $root := index . 0 -}}
{{- $kafka := $root.Values.kafka -}}
{{- $credentials := include "afterimage.credentials" . | fromJson -}}
{{- $properties := dict "bootstrap.servers" (include "afterimage.bootstrapServers" $root) "security.protocol" $kafka.security -}}
{{- if or $credentials.username $credentials.clientSecret -}}
  {{- $_ := set $properties "config.providers" "directory" -}}
  {{- $_ := set $properties "config.providers.directory.class" "org.apache.kafka.common.config.provider.DirectoryConfigProvider" -}}
  {{- $_ := set $properties "config.providers.directory.param.allowed.paths" "/etc/afterimage" -}}
{{- end -}}
{{- if $credentials.username -}}
  {{- $module := eq $kafka.sasl.mechanism "PLAIN" | ternary "plain.PlainLoginModule" "scram.ScramLoginModule" -}}
  {{- $_ := set $properties "sasl.mechanism" $kafka.sasl.mechanism -}}
  {{- $_ := set $properties "sasl.jaas.config" (printf "org.apache.kafka.common.security.%s required username=\"%s\" password=\"${directory:/etc/afterimage/kafka-user:%s}\";" $module $credentials.username $credentials.passwordKey) -}}
{{- end -}}
{{- if and (hasSuffix "SSL" $kafka.security) $kafka.tls.caSecret -}}
  {{- $_ := set $properties "ssl.truststore.type" "PEM" -}}
  {{- $_ := set $properties "ssl.truststore.location" (printf "/etc/afterimage/kafka-ca/%s" $kafka.tls.caKey) -}}
{{- end -}}
{{- if $credentials.clientSecret -}}
  {{- $_ := set $properties "ssl.keystore.type" "PEM" -}}
  {{- $_ := set $properties "ssl.keystore.certificate.chain" (printf "${directory:/etc/afterimage/kafka-client:%s}" $credentials.certificateKey) -}}
  {{- $_ := set $properties "ssl.keystore.key" (printf "${directory:/etc/afterimage/kafka-client:%s}" $credentials.privateKeyKey) -}}
{{- end -}}
{{- toJson (merge (deepCopy $kafka.properties) $properties) -}}
{{- end -}}

{{/* Takes a list: root, component. */}}
{{- define "afterimage.kafkaVolumes" -}}
{{- $root := index . 0 -}}
{{- $tls := $root.Values.kafka.tls -}}
{{- $credentials := include "afterimage.credentials" . | fromJson -}}
{{- if and (hasSuffix "SSL" $root.Values.kafka.security) $tls.caSecret }}
- name: kafka-ca
  secret:
    secretName: {{ $tls.caSecret }}
    defaultMode: 0440
    items:
      - key: {{ $tls.caKey }}
        path: {{ $tls.caKey }}
{{- end }}
{{- if $credentials.clientSecret }}
- name: kafka-client
  secret:
    secretName: {{ $credentials.clientSecret }}
    defaultMode: 0440
    items:
      - key: {{ $credentials.certificateKey }}
        path: {{ $credentials.certificateKey }}
      - key: {{ $credentials.privateKeyKey }}
        path: {{ $credentials.privateKeyKey }}
{{- end }}
{{- if $credentials.username }}
- name: kafka-user
  secret:
    secretName: {{ $credentials.passwordSecret }}
    defaultMode: 0440
    items:
      - key: {{ $credentials.passwordKey }}
        path: {{ $credentials.passwordKey }}
{{- end }}
{{- end -}}

{{/* Takes a list: root, component. */}}
{{- define "afterimage.kafkaMounts" -}}
{{- $root := index . 0 -}}
{{- $credentials := include "afterimage.credentials" . | fromJson -}}
{{- if and (hasSuffix "SSL" $root.Values.kafka.security) $root.Values.kafka.tls.caSecret }}
- name: kafka-ca
  mountPath: /etc/afterimage/kafka-ca
  readOnly: true
{{- end }}
{{- if $credentials.clientSecret }}
- name: kafka-client
  mountPath: /etc/afterimage/kafka-client
  readOnly: true
{{- end }}
{{- if $credentials.username }}
- name: kafka-user
  mountPath: /etc/afterimage/kafka-user
  readOnly: true
{{- end }}
{{- end -}}
