/** Every style sheet of the page belongs to its one bundle: a sheet that is not imported would be missing on screen and nowhere else. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
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
