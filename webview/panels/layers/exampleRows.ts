/** One row per example: its text with the label word, the answer's loss without it, its strongest head. */
import { el, fill, svgEl } from '../../base/dom';
import { probability, signed, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import type { HeadRef } from '../../charts/attention/ranking';
import { lineStyle, lineSwatch } from '../../charts/lens/lines';
import { headName } from '../attention/choice';
import { type Example, largestScore, strongestHead } from './exampleFacts';
import { headWords } from './headWords';
import { signedBar } from './signedBar';

export interface ExampleRowsData {
  examples: readonly Example[];
  /** Indices of the examples that have a line in the charts, in the order of their styles. */
  drawn: readonly number[];
  theme: Theme;
  running: boolean;
}

export interface ExampleRows {
  element: HTMLElement;
  update(data: ExampleRowsData): void;
}

/** The example's text with its label word marked in place. */
function exampleText({ unit, label }: Example, colour: string): HTMLElement {
  const spaces = label.text.length - label.text.trimStart().length;
  const at = label.start - unit.start + spaces;
  const to = label.end - unit.start;
  const inside = at >= 0 && to <= unit.text.length && to > at;
  const flat = (text: string) => text.trimEnd().replace(/\n+/g, ' ↵ ');
  return inside
    ? el(
        'span',
        { class: 'example-text' },
        unit.text.slice(0, at).replace(/\n+/g, ' ↵ '),
        el('b', { class: 'example-label', style: { 'border-color': colour } }, unit.text.slice(at, to)),
        flat(unit.text.slice(to)),
      )
    : el('span', { class: 'example-text' }, flat(unit.text));
}

export function exampleRows(open: (ref: HeadRef) => void, lock: (position: number) => void): ExampleRows {
  const element = el('div', { class: 'example-rows', role: 'table', 'aria-label': t('Examples') });
  const cell = (kind: string, ...content: (Node | string | null)[]) =>
    el('span', { role: 'cell', class: kind }, ...content);
  const row = (example: Example, index: number, largest: number, { drawn, theme, running }: ExampleRowsData) => {
    const style = drawn.indexOf(index);
    const best = strongestHead(example);
    const { score, label } = example;
    const value = score === null ? (running ? '…' : '–') : signed(score);
    return el(
      'div',
      { class: 'example-row', role: 'row' },
      cell('example-number', style >= 0 ? lineSwatch(theme, style) : null, String(index + 1)),
      cell('example-words', exampleText(example, style >= 0 ? lineStyle(theme, style).colour : theme.muted)),
      cell(
        'example-word',
        el(
          'button',
          {
            type: 'button',
            class: 'mono lens-token',
            title: t('Lock the label word'),
            on: { click: () => lock(label.tokens[0]) },
          },
          visible(label.text),
        ),
      ),
      cell('example-score', signedBar(score, largest), el('span', { class: 'num strong' }, value)),
      cell(
        'example-head',
        best &&
          el(
            'button',
            {
              type: 'button',
              class: 'link',
              title: t('Open the attention of {0}', headWords(best)),
              on: { click: () => open(best) },
            },
            headName(best),
          ),
        best && el('span', { class: 'm' }, probability(best.weight)),
      ),
    );
  };
  const heading = () =>
    el(
      'div',
      { class: 'example-row example-heading m s', role: 'row' },
      ...[t('example'), '', t('label word'), t('lost without it, nats'), t('strongest head')].map((name) =>
        el('span', { role: 'columnheader' }, name),
      ),
    );
  return {
    element,
    update(data) {
      const largest = largestScore(data.examples);
      fill(element, heading(), ...data.examples.map((example, index) => row(example, index, largest, data)));
    },
  };
}

/** Line, number, label word and loss of the drawn examples, for the export. */
export function examplesLegend(theme: Theme, examples: readonly Example[], drawn: readonly number[]): SVGSVGElement {
  const height = 18;
  const items = drawn.map((index, style) => {
    const { label, score } = examples[index];
    const words = `${index + 1}  ${visible(label.text)}  ${score === null ? '–' : signed(score)}`;
    return svgEl(
      'g',
      { transform: `translate(0,${style * height})` },
      lineSwatch(theme, style),
      svgEl('text', { x: 36, y: 9, style: { fill: theme.foreground } }, words),
    );
  });
  return svgEl('svg', { width: 320, height: drawn.length * height }, ...items);
}
