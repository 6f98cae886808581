// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PanelState } from '../../../src/analysis/panel';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import { el } from '../../../webview/base/dom';
import { attentionMatrix } from '../../../webview/charts/attention/matrix';
import { type ExportSource, exportContent } from '../../../webview/panels/shell/export';
import { frozen } from '../../../webview/panels/shell/exportPage';
import { theme } from '../charts/domSetup';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
beforeEach(() => document.body.replaceChildren());

const folder = '/home/someone/models';
const model = {
  ...{ name: 'Tiny', path: `${folder}/tiny.gguf`, sha256: 'ab'.repeat(32), family: 'llama', layers: 2, heads: 2 },
  ...{ keyValueHeads: 1, width: 8, vocabulary: 90, context: 64, quantisation: 'Q4_1' },
};
const runtime = {
  ...{ provider: 'cpu', requested: 'auto', reason: null, why: null, precision: 'exact', threads: 2 },
  ...{ onnxruntime: '1.30.0', weights: '4-bit' },
} as unknown as PanelState['runtime'];
const provenance = {
  ...{ version: '1.2.3', date: '2026-11-30T20:00:00.000Z', fingerprint: '0123456789abcdef', settings: 'by word' },
};
const target = {
  ...{
    text: ' London',
    logprob: -1,
    origin: '',
    contrast: { text: ' Paris', logprob: -2 },
    boundary: null,
    plain: false,
  },
};

function source(): ExportSource {
  const element = el('section');
  document.body.append(element);
  const table = { caption: 'All rows', columns: ['Wort'], names: ['word'], rows: [['=a'], ['b']] };
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"><rect width="300" height="100"/></svg>';
  const view = {
    ...{
      tab: 'saliency',
      about: { shows: 's', cannotTell: 'c' },
      lead: () => ({ question: 'q', answer: 'a' }),
      element,
      table: () => table,
    },
    exports: () => ({ svg: () => svg, json: () => ({ probe: `${folder}/probe.json`, text: `${folder}/in/a/prompt` }) }),
  } as unknown as ExportSource['view'];
  const state = { ...initialState(initialIntent, false), title: 'a.txt', model, runtime };
  const prompt = { file: `${folder}/a.txt`, rendered: 'x', tokens: [] };
  return { view, state, prompt, runMs: 1, theme, target, provenance };
}

describe('what leaves the panel', () => {
  it('names model, target, settings, date, version and fingerprint on a picture, below what was drawn', async () => {
    const svg = new DOMParser().parseFromString(await exportContent('svg', source()), 'image/svg+xml').documentElement;
    const texts = [...svg.querySelectorAll('text')];
    const words = texts.map(({ textContent }) => textContent).join(' ');
    for (const part of ['Prompt Lens 1.2.3', '2026', 'Tiny', 'Q4_1', 'sha256 abababababab', 'onnxruntime 1.30.0'])
      expect(words).toContain(part);
    for (const part of ['Target ·London', 'against ·Paris', 'by word', 'fingerprint 0123456789abcdef'])
      expect(words).toContain(part);
    const height = Number(svg.getAttribute('height'));
    for (const text of texts) {
      expect(Number(text.getAttribute('y'))).toBeGreaterThan(100);
      expect(Number(text.getAttribute('y'))).toBeLessThan(height);
      // A narrow character is at most 6 px wide at this size.
      expect((text.textContent ?? '').length * 5.6).toBeLessThanOrEqual(300);
    }
  });

  it('carries the fingerprint in every row of a table, and in the data', async () => {
    expect(await exportContent('csv', source())).toBe(
      "word,fingerprint\r\n'=a,0123456789abcdef\r\nb,0123456789abcdef\r\n",
    );
    expect((await exportContent('excel', source())).startsWith('\ufeffword,')).toBe(true);
    const json = JSON.parse(await exportContent('json', source()));
    expect(json).toMatchObject({ version: '1.2.3', fingerprint: '0123456789abcdef', date: provenance.date });
  });

  it('names files and no folders, and leaves the texts of prompts alone', async () => {
    for (const format of ['json', 'html'] as const) {
      const content = await exportContent(format, source());
      expect(content).toContain('tiny.gguf');
      expect(content).toContain('probe.json');
      expect(content.replaceAll(`${folder}/in/a/prompt`, '')).not.toContain('someone');
    }
    expect(JSON.parse(await exportContent('json', source())).result.text).toBe(`${folder}/in/a/prompt`);
  });

  it('names each table of the page by what is in it', async () => {
    expect(await exportContent('html', source())).toContain('<summary>All rows</summary>');
  });
});

describe('the page that is exported', () => {
  const shown = (...children: HTMLElement[]) => {
    const box = el('div', {}, ...children);
    document.body.append(box);
    return frozen(box) as HTMLElement;
  };

  it('has the cells of the matrix where its axes are', () => {
    HTMLCanvasElement.prototype.getContext = vi.fn(() => null) as never;
    HTMLCanvasElement.prototype.toDataURL = () => 'data:image/png;base64,AAAA';
    const holder = el('div');
    document.body.append(holder);
    const names = ['one', 'two', 'three'];
    const data = {
      ...{ weights: Float32Array.from([1, 0, 0, 0.5, 0.5, 0, 0.2, 0.3, 0.5]), winner: null, largest: 1, tokens: 3 },
      ...{ lines: [], names, origin: null, hover: null },
    };
    const options = { theme, gamma: 0.5, width: 400, label: '', onPreview() {}, onLock() {}, announce() {} };
    attentionMatrix(holder, data as never, options as never);
    const page = frozen(holder) as HTMLElement;
    const image = page.querySelector('img') as HTMLImageElement;
    const frame = [...page.querySelectorAll('path')].map((path) =>
      /^M([\d.]+),([\d.]+)V([\d.]+)H([\d.]+)$/.exec(path.getAttribute('d') ?? ''),
    );
    const [, left, top, bottom, right] = (frame.find((found) => found !== null) ?? []).map(Number);
    expect(left).toBeGreaterThan(20);
    expect(image.style.position || getComputedStyle(image).position).toBeDefined();
    expect([image.style.left, image.style.top]).toEqual([`${left}px`, `${top}px`]);
    expect([image.style.width, image.style.height]).toEqual([`${right - left}px`, `${bottom - top}px`]);
  });

  it('has nothing that asks for a click, and keeps the words of buttons that carry a number', () => {
    const page = shown(
      el('button', { class: 'link' }, 'Delete instead'),
      el('button', { class: 'ib', 'aria-label': 'Close' }, el('i')),
      el('button', {}, '20.5 .95'),
      el('p', { class: 'no-export' }, 'Click a picture'),
      el('input'),
    );
    expect(page.textContent).toBe('20.5 .95');
    expect(page.querySelector('button, input')).toBeNull();
  });

  it('leaves out a section that holds nothing but its heading', () => {
    const page = shown(
      el('section', {}, el('h2', {}, 'Continuations'), el('div', {}, el('button', { class: 'link' }, 'Play'))),
      el('section', {}, el('h2', {}, 'Next'), el('p', {}, 'words')),
    );
    expect(page.textContent).toBe('Nextwords');
  });

  it('gives text as much height as it needs elsewhere, and a bar its own', () => {
    const row = el('div', { style: { width: '90px' } }, 'words');
    document.head.append(el('style', {}, '.bar, .row { height: 12px; display: block; }'));
    row.className = 'row';
    const bar = el('span', { class: 'bar' }, el('span'));
    const [text, drawn] = shown(row, bar).children as unknown as HTMLElement[];
    expect(text.style.height).toBe('');
    expect(drawn.style.height).toBe('12px');
  });
});
