// Lists the licences of everything that the service carries, from the bill of materials that `./mvnw verify` writes, and fails when
// a component has none, or none that we may ship under. Of several licences one may choose.
//
//   node deploy/ci/licences.mjs [target/afterimage.cdx.json]
import { readFileSync } from 'node:fs';

const ALLOWED = new Set([
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSD-4-Clause',
  'CC0-1.0',
  'EPL-2.0',
  'GPL-2.0-with-classpath-exception',
  'MIT',
]);
// Licences that the bill knows by name only: re2j's is the three-clause BSD licence of Go.
const NAMED = new Map([['Go License', 'BSD-3-Clause']]);

const bill = JSON.parse(readFileSync(process.argv[2] ?? 'target/afterimage.cdx.json', 'utf8'));
const components = bill.components ?? [];

const twin = { name: 'twin', version: '1', licenses: [{ license: { name: 'All rights reserved' } }] };
if (components.length === 0 || mayShip(twin) || mayShip({ ...twin, licenses: [] })) {
  console.error('nothing is being checked: no components, or a licence that forbids everything was taken');
  process.exit(1);
}

const byLicence = new Map();
for (const component of components) {
  const words = licences(component).join(' or ') || 'no licence';
  byLicence.set(words, [...(byLicence.get(words) ?? []), `${component.name} ${component.version}`]);
}
for (const [words, names] of [...byLicence].sort()) {
  console.log(`${words}: ${names.sort().join(', ')}`);
}
const refused = components.filter((component) => !mayShip(component));
refused.forEach((component) => console.error(`not to be shipped: ${component.name} ${component.version}`));
console.log(`result: ${components.length} components, ${refused.length} without a licence to ship under`);
process.exit(refused.length === 0 ? 0 : 1);

function licences(component) {
  return (component.licenses ?? []).map((each) => each.expression ?? each.license.id ?? NAMED.get(each.license.name) ?? each.license.name);
}

function mayShip(component) {
  return licences(component).some((each) => ALLOWED.has(each));
}
