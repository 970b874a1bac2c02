// Holds the dashboards against Grafana's own types (npm @grafana/schema): unknown and missing fields, wrong types, and words that
// are none of those allowed. Needs node, npm and its registry. A twin with a wrong word must be found, or nothing is being checked.
//
//   node deploy/grafana/check-schema.mjs
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGES = ['@grafana/schema@12.1.1', 'typescript@5.9.3'];
const TYPES = {
  dashboard: 'raw/dashboard/x/dashboard_types.gen',
  timeseries: 'raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen',
  stat: 'raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen',
  heatmap: 'raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen',
  table: 'raw/composable/table/panelcfg/x/TablePanelCfg_types.gen',
};
// What Grafana writes and reads for queries of Prometheus and what its types leave to the data source.
const OF_THE_DATA_SOURCE = {
  annotation: ['expr', 'step', 'titleFormat', 'textFormat', 'tagKeys', 'useValueForTime'],
  variable: ['definition'],
};

const dashboards = join(dirname(fileURLToPath(import.meta.url)), 'dashboards');
const work = mkdtempSync(join(tmpdir(), 'afterimage-schema-'));
try {
  execFileSync('npm', ['install', '--prefix', work, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--silent', ...PACKAGES], {
    stdio: 'inherit',
  });
  const types = join(work, 'node_modules/@grafana/schema/dist/types');
  widen(types);
  const files = readdirSync(dashboards).filter((name) => name.endsWith('.json'));
  const all = files.map((name) => [name, JSON.parse(readFileSync(join(dashboards, name), 'utf8'))]);
  const wrong = all.flatMap(([name, dashboard]) => mistakes(name, dashboard, types));
  wrong.forEach((line) => console.error(line));

  const twin = structuredClone(all[0][1]);
  twin.panels.find((panel) => panel.type === 'timeseries').options.legend.placement = 'underneath';
  if (mistakes('twin', twin, types).length === 0) {
    console.error('a legend placed "underneath" was not noticed: nothing is being checked');
    process.exitCode = 1;
  }
  console.log(`${files.length} dashboards held against ${PACKAGES[0]}: ${wrong.length} mistakes`);
  process.exitCode ||= wrong.length ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Makes unions of words out of enums: a word in a JSON file is no member of an enum to TypeScript. */
function widen(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      widen(path);
    } else if (entry.name.endsWith('.d.ts')) {
      const unions = readFileSync(path, 'utf8').replace(/export declare enum (\w+) \{([^}]*)\}/g, (_, name, body) => {
        const words = [...body.matchAll(/=\s*("[^"]*"|-?\d+)/g)].map((match) => match[1]);
        return `export type ${name} = ${words.join(' | ')};`;
      });
      writeFileSync(path, unions);
    }
  }
}

function mistakes(name, dashboard, types) {
  const lines = Object.entries(TYPES).map(([alias, path]) => `import type * as ${alias} from '${join(types, path)}';`);
  const where = lines.map(() => '');
  const say = (place, type, value) => {
    where.push(`${name}, ${place}`);
    lines.push(`export const v${where.length}: ${type} = ${JSON.stringify(value)};`);
  };
  const { panels, annotations, templating, ...rest } = dashboard;
  say('dashboard', 'dashboard.Dashboard', rest);
  for (const annotation of annotations.list) {
    say(`annotation ${annotation.name}`, 'dashboard.AnnotationQuery', without(annotation, OF_THE_DATA_SOURCE.annotation));
  }
  for (const variable of templating.list) {
    say(`variable ${variable.name}`, 'dashboard.VariableModel', without(variable, OF_THE_DATA_SOURCE.variable));
  }
  for (const panel of panels) {
    const place = `panel '${panel.title}'`;
    if (panel.type === 'row') {
      say(place, 'dashboard.RowPanel', panel);
      continue;
    }
    say(place, 'dashboard.Panel', panel);
    say(`${place}, options`, `${panel.type}.Options`, panel.options);
    const custom = panel.fieldConfig.defaults.custom;
    if (custom) {
      say(`${place}, fields`, `${panel.type}.FieldConfig`, custom);
    }
  }
  const file = join(work, 'dashboard.ts');
  writeFileSync(file, lines.join('\n') + '\n');
  const tsc = spawnSync(
    process.execPath,
    [join(work, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck', '--moduleResolution', 'bundler', '--module', 'esnext', '--target', 'es2022', file],
    { encoding: 'utf8' },
  );
  if (tsc.error) {
    throw tsc.error;
  }
  return tsc.stdout
    .split('\n')
    .map((line) => line.match(/dashboard\.ts\((\d+),\d+\): (.*)/) ?? (line.includes('error') ? ['', 0, line] : null))
    .filter(Boolean)
    .map(([, line, message]) => `${where[line - 1] ?? name}: ${message}`);
}

function without(value, names) {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
