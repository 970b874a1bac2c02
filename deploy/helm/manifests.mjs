// What is wrong with a manifest, told by two things that know the schemas: validators compiled from them (required
// fields, enums, quantities, patterns) and TypeScript's types (fields that do not exist).
import fs from 'node:fs';
import path from 'node:path';
import { loadAll } from 'js-yaml';
import ts from 'typescript';

/** Packages by API group; every other group is looked for among those of Kubernetes. */
const PACKAGES = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};
/** Held to Strimzi's own Java model by ChartTest. */
export const CHECKED_ELSEWHERE = ['kafka.strimzi.io'];

/** The manifests of a file, with the file they came from. */
export function documents(file) {
  return loadAll(fs.readFileSync(file, 'utf8'))
    .filter((manifest) => manifest)
    .map((manifest) => ({ file: path.basename(file), manifest }));
}

export function groupOf(manifest) {
  return manifest.apiVersion.includes('/') ? manifest.apiVersion.split('/')[0] : '';
}

function moduleOf(manifest) {
  const group = groupOf(manifest);
  return `${PACKAGES[group] ?? 'kubernetes-models'}/${manifest.apiVersion}/${manifest.kind}`;
}

/** One line, or none: what the schema demands and the manifest has not. */
export async function violations(manifest) {
  let model;
  try {
    model = (await import(moduleOf(manifest)))[manifest.kind];
  } catch (e) {
    if (e.code !== 'ERR_MODULE_NOT_FOUND' && e.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw e;
    return [`there is no ${manifest.kind} in ${manifest.apiVersion}`];
  }
  try {
    new model(manifest).validate();
    return [];
  } catch (e) {
    return [e.message];
  }
}

/** Lines for all fields that no type has. Compiles all manifests at once, since a compiler takes long to start. */
export function unknownFields(manifests) {
  const name = path.resolve(import.meta.dirname, 'manifests.ts');
  const text = manifests
    .map((manifest, i) => `import type { I${manifest.kind} as T${i} } from '${moduleOf(manifest)}';\n`
      + `export const m${i}: T${i} = ${JSON.stringify(manifest)};\n`)
    .join('');
  const options = { noEmit: true, strict: true, skipLibCheck: true, types: [],
    module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => file === name || fileExists(file);
  host.readFile = (file) => (file === name ? text : readFile(file));
  host.getSourceFile = (file, ...rest) =>
    file === name ? ts.createSourceFile(file, text, ts.ScriptTarget.Latest) : getSourceFile(file, ...rest);
  return ts.getPreEmitDiagnostics(ts.createProgram([name], options, host)).map((found) => {
    const line = found.file && found.start !== undefined
      ? found.file.getLineAndCharacterOfPosition(found.start).line : 0;
    const { kind, metadata } = manifests[Math.floor(line / 2)] ?? { kind: '?', metadata: { name: '?' } };
    return `${kind} ${metadata.name}: ${ts.flattenDiagnosticMessageText(found.messageText, ' ')}`;
  });
}
