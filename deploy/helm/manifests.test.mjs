// The chart as ChartTest rendered it, one file for each values file of helm/afterimage/ci.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { CHECKED_ELSEWHERE, documents, groupOf, unknownFields, violations } from './manifests.mjs';

const folder = path.resolve(import.meta.dirname, '../../target/helm');
const values = path.resolve(import.meta.dirname, '../../helm/afterimage/ci');
const all = fs.readdirSync(folder).filter((file) => file.endsWith('.yaml')).sort()
  .flatMap((file) => documents(path.join(folder, file)));
const checked = all.filter(({ manifest }) => !CHECKED_ELSEWHERE.includes(groupOf(manifest)));

/** A copy of the first manifest of that kind, spoilt. */
function twin(kind, spoil) {
  const copy = structuredClone(checked.find(({ manifest }) => manifest.kind === kind).manifest);
  spoil(copy);
  return copy;
}

test('every values file was rendered', () => {
  const expected = fs.readdirSync(values).map((file) => file.replace('-values', '')).sort();
  assert.deepEqual([...new Set(all.map(({ file }) => file))], expected);
});

test('every manifest is what its schema demands', async () => {
  for (const { file, manifest } of checked) {
    assert.deepEqual(await violations(manifest), [], `${file}: ${manifest.kind} ${manifest.metadata.name}`);
  }
});

test('no manifest has a field that does not exist', () => {
  assert.deepEqual(unknownFields(checked.map(({ manifest }) => manifest)), []);
});

const broken = {
  'a quantity that is none': twin('StatefulSet', (it) => {
    it.spec.template.spec.containers[0].resources.limits.memory = '2 gigabytes';
  }),
  'no selector': twin('StatefulSet', (it) => delete it.spec.selector),
  'a policy that is none': twin('StatefulSet', (it) => { it.spec.podManagementPolicy = 'Serial'; }),
  'a number that is a text': twin('Deployment', (it) => { it.spec.replicas = 'one'; }),
  'a container without name': twin('Job', (it) => delete it.spec.template.spec.containers[0].name),
  'a scaler without target': twin('ScaledObject', (it) => delete it.spec.scaleTargetRef),
  'a scaler that counts in words': twin('ScaledObject', (it) => { it.spec.maxReplicaCount = 'many'; }),
  'an endpoint read in an unknown way': twin('ServiceMonitor', (it) => { it.spec.endpoints[0].scheme = 'ftp'; }),
  'a rule without expression': twin('PrometheusRule', (it) => delete it.spec.groups[0].rules[0].expr),
  'a kind that does not exist': { apiVersion: 'apps/v1', kind: 'StatfulSet', metadata: { name: 'x' } },
};
for (const [name, manifest] of Object.entries(broken)) {
  test(`refuses ${name}`, async () => assert.notDeepEqual(await violations(manifest), []));
}

test('finds misspelt fields', () => {
  const misspelt = [
    twin('ScaledObject', (it) => { it.spec.maxReplicas = 3; }),
    twin('StatefulSet', (it) => { it.spec.template.spec.containers[0].readynessProbe = {}; }),
    twin('NetworkPolicy', (it) => { it.spec.egress[0].port = 53; }),
    twin('ServiceMonitor', (it) => { it.spec.endpoints[0].intervall = '15s'; }),
  ];
  const found = unknownFields(misspelt);
  for (const field of ['maxReplicas', 'readynessProbe', 'port', 'intervall']) {
    assert.ok(found.some((line) => line.includes(`"${field}"`)), `${field} in ${found.join('\n')}`);
  }
});
