/**
 * Tries what the table of rooms in CONTRIBUTING.md forbids. Each room has one file, in which every line is an import that must be
 * refused: by the compiler if it names another room, by the linter if it names a package. Everything that the table allows must pass.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(__dirname, '../../..');

interface Room {
  name: string;
  may: string[];
  packages: string[];
}

/** For each room a file that other rooms would import, and one that imports. */
const files: Record<string, { leaf: string; trial?: string }> = {
  protocol: { leaf: 'src/protocol/leaf.ts' },
  files: { leaf: 'src/files/leaf.ts' },
  document: { leaf: 'src/document/leaf.ts' },
  'checkpoint types': { leaf: 'src/checkpoint/types.ts' },
  checkpoint: { leaf: 'src/checkpoint/leaf.ts' },
  graph: { leaf: 'src/graph/leaf.ts' },
  contracts: { leaf: 'src/analysis/contracts.ts', trial: 'src/analysis/panel.ts' },
  analysis: { leaf: 'src/analysis/sums/leaf.ts' },
  client: { leaf: 'src/client/leaf.ts' },
  inference: { leaf: 'src/inference/leaf.ts' },
  host: { leaf: 'src/host/leaf.ts' },
  cli: { leaf: 'src/cli/leaf.ts' },
  tools: { leaf: 'src/tools/leaf.ts' },
  serve: { leaf: 'src/serve/leaf.ts' },
  base: { leaf: 'webview/base/leaf.ts' },
  charts: { leaf: 'webview/charts/leaf.ts' },
  panels: { leaf: 'webview/panels/leaf.ts' },
};

const trialOf = (name: string) => files[name].trial ?? join(dirname(files[name].leaf), 'trial.ts');
const configOf = (name: string) =>
  name === 'contracts'
    ? 'src/analysis/tsconfig.contracts.json'
    : `${dirname(files[name].leaf).replace('/sums', '')}/tsconfig.json`;
const allowedOf = (name: string) =>
  name === 'contracts' ? 'src/analysis/sums/contract.ts' : trialOf(name).replace('trial', 'allowed');

/** Rooms whose code runs anywhere. */
const pure = ['protocol', 'document', 'graph', 'contracts', 'analysis'];
const page = ['base', 'charts', 'panels'];

/** Packages that only one file imports. */
const alone = {
  'onnxruntime-node': 'src/inference/session.ts',
  '@vscode/webview-ui-toolkit': 'webview/base/controls.ts',
};

const packages = [
  ...[
    'node:fs',
    'vscode',
    'valibot',
    'yaml',
    'csv-parse/browser/esm/sync',
    'commander',
    'd3',
    'protobufjs/light',
    'ml-matrix',
  ],
  ...[
    '@saehrimnir/druidjs',
    '@modelcontextprotocol/sdk/types.js',
    '@huggingface/gguf',
    '@huggingface/jinja',
    '@huggingface/tokenizers',
    ...Object.keys(alone),
  ],
];

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text);
}

/** Rows of the table: the room, its content, the rooms it may import, its packages. */
function rooms(): Room[] {
  const table = /\| room \| holds \|.*?\n\n/s.exec(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'))?.[0] ?? '';
  return [...table.matchAll(/^\| (`[^|]+) \|[^|]+\| ([^|]+) \| ([^|]+) \|$/gm)].map(([, folder, may, named]) => ({
    name: folder.includes('contracts.ts') ? 'contracts' : (quoted(folder)[0].split('/').at(-1) ?? ''),
    may: may === 'nothing' ? [] : may.split(', '),
    packages: quoted(named),
  }));
}

const imported = (from: string, name: string, index: number) => {
  const path = relative(dirname(from), files[name].leaf).replace(/\.ts$/, '');
  return `export { leaf as l${index} } from '${path.startsWith('.') ? path : `./${path}`}';`;
};

/** Names of rooms, `Node` and `DOM`, each of which one line of a room's trial needs. */
function forbidden({ name, may }: Room): string[] {
  const known = [name, ...may, ...(may.includes('checkpoint') || name === 'checkpoint' ? ['checkpoint types'] : [])];
  const others = Object.keys(files).filter((other) => !known.includes(other));
  return [
    ...others,
    ...(pure.includes(name) || page.includes(name) ? ['Node'] : []),
    ...(page.includes(name) ? [] : ['DOM']),
  ];
}

function trialLine(from: string, need: string, index: number): string {
  if (need === 'Node') return 'export const node = process.pid;';
  return need === 'DOM' ? 'export const dom = document.title;' : imported(from, need, index);
}

let folder: string;
const all = rooms();

function write(path: string, lines: readonly string[]): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), `${lines.join('\n')}\n`);
}

function output(program: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: folder,
  });
  return `${stdout}${stderr}`;
}

/** `file:line` of each complaint. */
function places(text: string, pattern: RegExp): Set<string> {
  return new Set([...text.matchAll(pattern)].map(([, file, line]) => `${file}:${line}`));
}

function refusedByCompiler(): Set<string> {
  return places(output('typescript/bin/tsc', '-b', '--pretty', 'false'), /^([^\s(]+)\((\d+),\d+\): error/gm);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'prompt-lens-wall-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['tsconfig.base.json', 'biome.json', 'src/web.d.ts', 'src/checkpoint/tsconfig.types.json'])
    cpSync(join(root, name), join(folder, name));
  for (const { leaf } of Object.values(files)) write(leaf, ['export const leaf = 1;']);
  for (const room of all) {
    const config = configOf(room.name);
    cpSync(join(root, config), join(folder, config));
    write(
      allowedOf(room.name),
      room.may.map((name, index) => imported(allowedOf(room.name), name, index)),
    );
  }
  const paths = all.map(({ name }) => configOf(name));
  write('tsconfig.json', [JSON.stringify({ files: [], references: paths.map((path) => ({ path })) })]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the wall', () => {
  it('has a row for every room', () => {
    expect(all.map(({ name }) => name).sort()).toEqual(
      Object.keys(files)
        .filter((name) => name !== 'checkpoint types')
        .sort(),
    );
    expect(all.flatMap(({ may }) => may).filter((name) => !(name in files))).toEqual([]);
  });

  it('lets each room import what the table allows it', () => {
    expect([...refusedByCompiler()]).toEqual([]);
  });

  it('lets no room import another that the table does not allow it, nor a world that it does not run in', () => {
    for (const room of all) {
      const trial = trialOf(room.name);
      write(
        trial,
        forbidden(room).map((need, index) => trialLine(trial, need, index)),
      );
    }
    // The compiler goes on without a broken room's exports, so complaints about allowed.ts, which the test above covers, are left out.
    const refused = [...refusedByCompiler()].filter((place) => !place.includes('allowed.ts'));
    const expected = all.flatMap((room) => forbidden(room).map((_, index) => `${trialOf(room.name)}:${index + 1}`));
    expect(expected.length).toBeGreaterThan(100);
    expect(refused.sort()).toEqual(expected.sort());
  });

  it('lets no room import a package that the table does not allow it', () => {
    const tried = all.map(({ name, packages: allowed }) => ({ file: allowedOf(name), allowed }));
    for (const [name, file] of Object.entries(alone)) tried.push({ file, allowed: [name] });
    tried.push({ file: 'src/extension.ts', allowed: ['vscode'] });
    for (const { file } of tried)
      write(
        file,
        packages.map((name) => `import '${name}';`),
      );
    const may = (allowed: string[], name: string) =>
      allowed.some((each) =>
        each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : name === each || name.startsWith(`${each}/`),
      );
    const text = output('@biomejs/biome/bin/biome', 'lint', '--colors=off', '--max-diagnostics=none', '.');
    const refused = places(text, /^(\S+?):(\d+):\d+ lint\/style\/noRestrictedImports/gm);
    const expected = tried.flatMap(({ file, allowed }) =>
      packages.flatMap((name, index) => (may(allowed, name) ? [] : [`${file}:${index + 1}`])),
    );
    expect(expected.length).toBeGreaterThan(100);
    expect([...refused].sort()).toEqual(expected.sort());
  });

  it('lets the entry of the extension see host and client alone', () => {
    const lines = ['./host/lens', './client/client', './document/table', './protocol/problem', './files/place'];
    write(
      'src/extension.ts',
      lines.map((path) => `import '${path}';`),
    );
    const text = output('@biomejs/biome/bin/biome', 'lint', '--colors=off', 'src/extension.ts');
    expect([...places(text, /^(\S+?):(\d+):\d+ lint\/style\/noRestrictedImports/gm)].sort()).toEqual(
      [3, 4, 5].map((line) => `src/extension.ts:${line}`),
    );
  });
});
