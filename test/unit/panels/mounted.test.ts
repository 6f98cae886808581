// @vitest-environment happy-dom
/** Every analysis that a contract puts on a tab is drawn there: a section that no view mounts would be computed and never seen. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Analysis, analysisNames } from '../../../src/analysis/contracts';
import { mountedTab, ready } from './mountedTab';

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

describe('what a contract declares', () => {
  it.each(analysisNames)('%s is drawn on its tab', (name) => expect(looks(name)).toBeGreaterThan(0));
});
