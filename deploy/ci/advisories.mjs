// Compares every component of the bill of materials that `./mvnw verify` writes with the advisories kept in advisories.json, and
// fails when a component has a version that one of them names. What cannot be reached here is accepted there, with the reason.
//
//   node deploy/ci/advisories.mjs [target/afterimage.cdx.json]
//
// With OSV_EXPORT=FOLDER also against all that is known today about Maven's packages: the folder is what
// https://osv-vulnerabilities.storage.googleapis.com/Maven/all.zip unpacks to, one JSON file for each advisory.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const bill = JSON.parse(readFileSync(process.argv[2] ?? 'target/afterimage.cdx.json', 'utf8'));
const components = (bill.components ?? []).map(({ group, name, version }) => ({ name: `${group}:${name}`, version }));
const kept = JSON.parse(readFileSync(new URL('advisories.json', import.meta.url), 'utf8'));
const exported = process.env.OSV_EXPORT ? exportedTo(process.env.OSV_EXPORT) : [];
const advisories = byPackage([...exported, ...kept.advisories]);

const blind = whyNothingIsFound();
if (blind) {
  console.error(`nothing is being checked: ${blind}`);
  process.exit(1);
}

const findings = components.flatMap(findingsOf);
const refused = findings.filter((each) => acceptanceOf(each) === undefined);
const stale = kept.accepted.filter((each) => !findings.some((finding) => acceptanceOf(finding) === each));
for (const finding of findings.filter((each) => !refused.includes(each))) {
  console.log(`accepted: ${inWords(finding)}\n    ${acceptanceOf(finding).reason}`);
}
refused.forEach((each) => console.error(`vulnerable: ${inWords(each)}`));
stale.forEach((each) => console.error(`accepted for nothing, to be removed: ${each.id} of ${each.package}`));
const against = exported.length > 0 ? `${exported.length} of the export and ` : 'only ';
console.log(
  `result: ${components.length} components, ${new Set(refused.map((each) => each.component.name)).size} vulnerable, ` +
    `${findings.length - refused.length} advisories accepted; against ${against}${kept.advisories.length} kept here, ` +
    `looked up ${kept.lookedUp}, known up to ${kept.upTo}`,
);
process.exit(refused.length + stale.length === 0 ? 0 : 1);

function exportedTo(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const read = files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
  if (!read.some((each) => Array.isArray(each.affected))) {
    console.error(`no advisory in ${folder}`);
    process.exit(1);
  }
  return read.filter((each) => each.withdrawn === undefined);
}

function byPackage(all) {
  const found = new Map();
  for (const advisory of all) {
    for (const affected of advisory.affected ?? []) {
      if (affected.package?.ecosystem === 'Maven') {
        const { name } = affected.package;
        const ids = [advisory.id, ...(advisory.aliases ?? [])];
        found.set(name, [...(found.get(name) ?? []), { ids, summary: advisory.summary, affected }]);
      }
    }
  }
  return found;
}

// What is known in both places, or in several ranges, is told once.
function findingsOf(component) {
  const found = [];
  for (const { ids, summary, affected } of advisories.get(component.name) ?? []) {
    const fixes = fixesOf(affected, component.version);
    const known = found.find((each) => each.ids.some((id) => ids.includes(id)));
    if (fixes && known) {
      known.ids = [...new Set([...known.ids, ...ids])];
      known.fixes.push(...fixes);
    } else if (fixes) {
      found.push({ component, ids, summary, fixes });
    }
  }
  return found;
}

// The versions that repair this one, perhaps none; undefined when it is not affected.
function fixesOf(affected, version) {
  const hits = (affected.ranges ?? []).filter((range) => range.type !== 'GIT' && within(range, version));
  if (hits.length === 0 && !(affected.versions ?? []).includes(version)) {
    return undefined;
  }
  const fixes = hits.flatMap((range) => range.events.flatMap((event) => event.fixed ?? []));
  return fixes.filter((fix) => compare(fix, version) > 0);
}

function within(range, version) {
  const at = (event) => event.introduced ?? event.fixed ?? event.last_affected ?? event.limit;
  let affected = false;
  for (const event of [...range.events].sort((one, other) => compare(at(one), at(other)))) {
    const order = compare(version, at(event));
    if (event.introduced !== undefined) {
      affected ||= event.introduced === '0' || order >= 0;
    } else if (order > 0 || (order === 0 && event.last_affected === undefined)) {
      affected = false;
    }
  }
  return affected;
}

function acceptanceOf({ component, ids }) {
  return kept.accepted.find((each) => each.package === component.name && each.reason && ids.includes(each.id));
}

function inWords({ component, ids, summary, fixes }) {
  const fixed = fixes.length === 0 ? 'no version without it is known' : `repaired in ${[...fixes].sort(compare)[0]}`;
  return `${component.name} ${component.version}, ${fixed}: ${ids.join(' ')}: ${summary ?? 'see there'}`;
}

// The order of versions as Maven has it (https://maven.apache.org/pom.html#version-order-specification). A version is a list of
// numbers and words; zeros and words for "the release itself" at an end mean nothing; a missing part counts as the release itself.
// Words come before numbers, and a number after a dash before one after a dot.
function compare(one, other) {
  const [left, right] = [parts(one), parts(other)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const l = left[at] ?? missing(right[at]);
    const r = right[at] ?? missing(left[at]);
    const order = rank(l) - rank(r) || (l.number === undefined ? orderOfWords(l.word, r.word) : Number(l.number - r.number));
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function parts(version) {
  const found = [];
  // A change between digits and letters is a dash.
  for (const [, separator, text] of version.toLowerCase().matchAll(/(^|[.-]|(?<=\d)(?=[^\d.-])|(?<=[^\d.-])(?=\d))(\d+|[^\d.-]*)/g)) {
    found.push(/^\d*$/.test(text) ? { number: BigInt(text || 0), dotted: separator === '.' || found.length === 0 } : { word: text });
  }
  found.forEach((part, at) => (part.word = wordFor(part.word, found[at + 1])));
  for (let at = found.length - 1; at >= 0; at--) {
    const endsHere = found[at + 1] === undefined || !found[at + 1].dotted;
    if (endsHere && (found[at].number === 0n || found[at].word === '')) {
      found.splice(at, 1);
    }
  }
  return found;
}

function wordFor(word, next) {
  const short = { a: 'alpha', b: 'beta', m: 'milestone' };
  const same = { cr: 'rc', final: '', ga: '', release: '' };
  return (next?.number !== undefined && !next.dotted && short[word]) || (same[word] ?? word);
}

function missing(counterpart) {
  return counterpart.dotted ? { number: 0n, dotted: true } : { word: '' };
}

function rank(part) {
  return part.number === undefined ? 0 : part.dotted ? 2 : 1;
}

function orderOfWords(one, other) {
  const known = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
  const place = (word) => (known.includes(word) ? known.indexOf(word) : known.length);
  return place(one) - place(other) || (one < other ? -1 : one > other ? 1 : 0);
}

// What would make a green result worthless: no bill, no reasons, versions in a wrong order, or a known hole that is not seen.
function whyNothingIsFound() {
  const rising = '0.9 1-alpha 1.0-a2 1-beta-1 1.0.0-M1 1.0-M2 1.0.RC1 1.0-rc2 1-SNAPSHOT 1 1-sp 1-1 1-2 1-10 1.0.1 1.2 1.10'.split(' ');
  const wrong = rising.find((version, at) => at > 0 && (compare(rising[at - 1], version) >= 0 || compare(version, rising[at - 1]) <= 0));
  const unlike = ['1.0', '1.0.0', '1.0.Final', '1-ga', '1.0-RELEASE'].find((version) => compare('1', version) !== 0);
  const twins = [
    ['CVE-2021-44228', 'org.apache.logging.log4j:log4j-core', ['2.14.1', '2.0-rc1'], ['2.15.0', '2.12.2', '2.0-beta8']],
    ['CVE-2026-87795', 'com.github.luben:zstd-jni', ['1.5.6-10', '1.5.7-9'], ['1.5.7-14', '1.1']],
    ['CVE-2026-93452', 'org.xerial.snappy:snappy-java', ['1.1.10.8'], ['1.1.10.9', '1.1.10.10']],
    ['CVE-2021-44228', 'twin:log4j-core', [], ['2.14.1']],
  ].map(([hole, name, open, closed]) => ({ hole, name, open, closed }));
  const seen = ({ hole, name }, version) => findingsOf({ name, version }).some((each) => each.ids.includes(hole));
  const missed = twins.find((twin) => !twin.open.every((each) => seen(twin, each)) || twin.closed.some((each) => seen(twin, each)));
  const reasons = [
    [components.length === 0, 'the bill has no components'],
    [components.some((each) => /undefined/.test(`${each.name} ${each.version}`)), 'a component has no group, name or version'],
    [kept.accepted.some((each) => !each.reason), 'something is accepted without a reason'],
    [wrong ?? unlike, `version ${wrong ?? unlike} is in a wrong place`],
    [missed, `${missed?.hole} of ${missed?.name} is not seen, or seen where it was closed`],
  ];
  return reasons.find(([holds]) => holds)?.[1];
}
