// @vitest-environment happy-dom
import { expect, it, vi } from 'vitest';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import type { PromptVariable } from '../../../src/protocol/model';
import { type ExportSource, exportContent } from '../../../webview/panels/shell/export';
import { theme } from '../charts/domSetup';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));

const variables: PromptVariable[] = [
  { name: 'city', value: '<Oslo>', from: 'given' },
  { name: 'question', value: null, from: null },
];

const provenance = { version: '1.2.3', date: '2026-11-30T20:00:00.000Z', fingerprint: null, settings: '' };

function source(filled: PromptVariable[]): ExportSource {
  const element = document.createElement('section');
  const view = {
    tab: 'probabilities',
    about: { shows: '', cannotTell: '' },
    lead: () => ({ question: 'What comes next?', answer: 'The next token is “x”.' }),
    element,
  } as unknown as ExportSource['view'];
  const report = { uri: 'file:///trip.prompty', notes: [], variables: filled };
  const state = { ...initialState(initialIntent, false), title: 'trip.prompty', report };
  return { view, state, prompt: { file: null, rendered: 'x', tokens: [] }, runMs: 1, theme, target: null, provenance };
}

it('the values of the variables stand in what is exported, for programs and for people', async () => {
  const json = JSON.parse(await exportContent('json', source(variables)));
  expect(json.variables).toEqual(variables);
  const html = await exportContent('html', source(variables));
  expect(html).toContain('<p style="font-size: 12px;">Variables city = &lt;Oslo&gt; · question = no value</p>');
});

it('the question of the tab and its answer stand above the picture', async () => {
  const html = await exportContent('html', source([]));
  expect(html).toContain('<p><b>What comes next?</b> The next token is “x”.</p>');
});

it('nothing is said of variables where there are none', async () => {
  expect(JSON.parse(await exportContent('json', source([])))).not.toHaveProperty('variables');
  expect(await exportContent('html', source([]))).not.toContain('>Variables ');
});
