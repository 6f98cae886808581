// @vitest-environment happy-dom
/**
 * Every analysis that a contract puts on a tab is drawn there, and every option has its place there: a section that no view mounts would be
 * computed and never seen, an option without a control could not be chosen.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Analysis, analysisNames, tabs } from '../../../src/analysis/contracts';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import { intentOf, mountedTab, ready } from './mountedTab';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.setConfig({ testTimeout: 30_000 });
beforeEach(() => document.body.replaceChildren());

/** How often the result of the analysis was read while its tab was drawn. */
function looks(name: Analysis): number {
  let count = 0;
  const watched = new Proxy(ready(name), {
    get(view, key) {
      if (key === 'data') count++;
      return Reflect.get(view, key);
    },
  });
  mountedTab(name, watched).view.dispose();
  return count;
}

const readLater = [
  // The words about axes that are fitted to another block.
  'embeddings.basisLayer',
  // The length of a text that is steered when the user asks for it.
  'lie.steer.tokens',
  // Their dropdowns show the column that the result was read with.
  'lie.label',
  'lie.groupBy',
  // It tells the user's own unit from the automatic one, which only a long prompt has.
  'saliency.unitChosen',
];

const isGroup = (value: unknown): value is object =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Notes the path of every value that is read by its name; what is only copied along with the others is not read. */
function watched<T extends object>(values: T, read: Set<string>, path = ''): T {
  let copied: string | symbol | null = null;
  return new Proxy(values, {
    getOwnPropertyDescriptor(own, key) {
      copied = key;
      return Reflect.getOwnPropertyDescriptor(own, key);
    },
    get(own, key) {
      if (key !== copied) read.add(`${path}${String(key)}`);
      copied = null;
      const value = Reflect.get(own, key);
      return isGroup(value) ? watched(value, read, `${path}${String(key)}.`) : value;
    },
  });
}

const pathsIn = (values: object, path: string): string[] =>
  Object.entries(values).flatMap(([name, value]) =>
    isGroup(value) ? pathsIn(value, `${path}${name}.`) : [`${path}${name}`],
  );

describe('what a contract declares', () => {
  it('an option is read where its tab is drawn, by a control or a chart, or it is one of these', () => {
    const read = new Set<string>();
    for (const name of analysisNames)
      mountedTab(name, ready(name), undefined, watched(intentOf(name), read)).view.dispose();
    const options = tabs.flatMap((tab) => pathsIn(initialIntent[tab], `${tab}.`));
    expect(options.filter((path) => !read.has(path)).sort()).toEqual(readLater.sort());
  });

  it.each(analysisNames)('%s is drawn on its tab', (name) => expect(looks(name)).toBeGreaterThan(0));
});
