/** Every style sheet of the page belongs to its one bundle: a sheet that is not imported would be missing on screen and nowhere else. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rgb } from 'd3';
import { expect, it } from 'vitest';

const page = path.resolve(__dirname, '../../../webview');
const root = path.join(page, 'panels/style.css');

/** A sheet and everything it imports, at any depth. */
function imported(sheet: string): string[] {
  const names = [...readFileSync(sheet, 'utf8').matchAll(/@import\s+"([^"]+)"/g)].map(([, name]) => name);
  return [sheet, ...names.flatMap((name) => imported(path.resolve(path.dirname(sheet), name)))];
}

it('every style sheet is imported, once', () => {
  const files = readdirSync(page, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.css'))
    .map((file) => path.join(page, file));
  expect(files.length).toBeGreaterThan(10);
  expect(imported(root).sort()).toEqual(files.sort());
});

/** The page's own colours and those of the harness's themes that they are mixed with, by kind of theme. */
const grounds = [
  { kind: 'dark', background: '#1f1f1f', foreground: '#cccccc', under: 'body ' },
  { kind: 'light', background: '#ffffff', foreground: '#3b3b3b', under: 'body.vscode-light ' },
  {
    kind: 'hc',
    background: '#000000',
    foreground: '#ffffff',
    under: 'body.vscode-high-contrast:not(.vscode-high-contrast-light) ',
  },
  { kind: 'hcLight', background: '#ffffff', foreground: '#292929', under: 'body.vscode-high-contrast-light ' },
];

/** The contrast of two colours (WCAG 2, 1 … 21). */
function contrast(one: string, other: string): number {
  const light = (colour: string) => {
    const { r, g, b } = rgb(colour);
    const [red, green, blue] = [r, g, b].map((c) => (c <= 10.3 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [more, less] = [light(one), light(other)].sort((a, b) => b - a);
  return (more + 0.05) / (less + 0.05);
}

it.each(grounds)('text and line ends are legible on every tint: $kind', ({ background, foreground, under }) => {
  const sheet = readFileSync(path.join(page, 'base/tokens.css'), 'utf8');
  const rule = sheet.slice(sheet.indexOf(`${under}{`)).split('}')[0];
  const tints = [...rule.matchAll(/--pl-(?:heat-\d|pos-tint|neg-tint): (#\w+)/g)].map(([, colour]) => colour);
  expect(tints).toHaveLength(5);
  for (const tint of [background, ...tints]) expect(contrast(foreground, tint), tint).toBeGreaterThanOrEqual(4.5);
});
