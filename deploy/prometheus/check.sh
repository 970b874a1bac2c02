#!/usr/bin/env bash
# Checks configuration, alert rules, dashboards and runbook: the files with promtool, then every question they ask against a
# real Prometheus that scrapes the real service and retrainer (about four minutes). Needs Debian's package `prometheus`.
set -euo pipefail
cd "$(dirname "$0")/../.."

promtool check config deploy/prometheus/prometheus.yml
promtool check rules --lint=all --lint-fatal deploy/prometheus/afterimage-alerts.yml
promtool test rules deploy/prometheus/tests/*.yml
./mvnw -B -ntp -q verify -Dtest=DashboardsTest,AlertsTest,SelectorsTest -Dit.test=PrometheusCheck
