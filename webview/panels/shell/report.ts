/**
 * What the reader of the file reports, on every tab: its notes, and its variables with their values, which can be typed. Quiet lines; more
 * than one note, and the fields of the variables, are folded.
 */
import type { PromptVariable } from '../../../src/protocol/model';
import type { ShownReport } from '../../../src/protocol/view';
import { announce } from '../../base/a11y';
import { el, fill } from '../../base/dom';
import { running } from '../../base/format';
import { icon } from '../../base/icons';
import { t } from '../../base/strings';
import { type VariableField, variableField } from './variableField';

export interface ReportRow {
  element: HTMLElement;
  /** `ending`: a sentence about the prompt's end. */
  update(report: ShownReport | null, ending: string | null): void;
}

/** `onSet`: a variable of a document gets a value, or with null the file's own value again. */
export function reportRow(onSet: (uri: string, name: string, value: string | null) => void): ReportRow {
  const lines = el('div');
  const fold = variablesFold(onSet);
  const element = el('div', { class: 'report' }, lines, fold.element);
  let drawn = '';
  return {
    element,
    update(report, ending) {
      const notes = [...(report?.notes ?? []), ...(ending === null ? [] : [ending])];
      const key = JSON.stringify(notes);
      // The screen reader announces a note once, as long as it stays the same, and an open fold stays open.
      if (key !== drawn) fill(lines, noteLines(notes));
      drawn = key;
      fold.update(report);
      element.hidden = notes.length === 0 && fold.element.hidden;
    },
  };
}

function noteLines(notes: readonly string[]): HTMLElement | null {
  const [only] = notes;
  if (only === undefined) return null;
  if (notes.length === 1) return el('p', { class: 's m', role: 'status' }, only);
  return el(
    'details',
    { class: 's m' },
    el('summary', {}, el('span', { role: 'status' }, t('{0} notes on how the text is read', notes.length))),
    el('ul', {}, ...notes.map((note) => el('li', {}, note))),
  );
}

function variablesFold(onSet: (uri: string, name: string, value: string | null) => void) {
  const brief = el('span', { class: 'report-brief' });
  const grid = el('div', { class: 'report-fields' });
  const hint = el('p', { class: 's m' }, t('Enter uses what you typed, Shift+Enter breaks the line, Esc drops it.'));
  const element = el(
    'details',
    { class: 'report-variables' },
    el('summary', {}, el('b', {}, t('Variables')), brief),
    grid,
    hint,
  );
  let fields = new Map<string, VariableField>();
  let uri: string | null = null;
  let drawn = '';
  return {
    element,
    update(report: ShownReport | null) {
      const key = JSON.stringify([report?.uri, report?.variables]);
      if (key === drawn) return;
      drawn = key;
      const variables = report?.variables ?? [];
      element.hidden = variables.length === 0;
      // What was typed and not used belongs to the other text.
      if (report?.uri !== uri) fields = new Map();
      uri = report?.uri ?? null;
      fields = new Map(
        variables.map(({ name }) => [
          name,
          fields.get(name) ??
            variableField(name, (value) => {
              if (report) onSet(report.uri, name, value);
              announce(value === null ? t('{0}: the file’s own value', name) : t('{0} has a new value', name));
            }),
        ]),
      );
      for (const variable of variables) fields.get(variable.name)?.update(variable);
      // Where the line has no room for all, those without a value are seen.
      const sorted = [...variables.filter(isOpen), ...variables.filter((each) => !isOpen(each))];
      fill(brief, ...sorted.flatMap((each) => [' ', pair(each)]));
      place(
        grid,
        [...fields.values()].flatMap(({ parts }) => parts),
      );
    },
  };
}

const isOpen = ({ value }: PromptVariable) => value === null;

/** `city = Oslo`, or the name with a sign and a word where there is no value. */
function pair({ name, value }: PromptVariable): HTMLElement {
  if (value === null)
    return el('span', { class: 'report-pair report-none' }, icon('warning'), code(name), ' ', t('no value'));
  return el(
    'span',
    { class: 'report-pair' },
    code(name),
    ' = ',
    value === '' ? t('empty') : el('span', { class: 'mono report-value' }, running(value)),
  );
}

const code = (text: string) => el('span', { class: 'mono' }, text);

/** Replaces the children where they differ, so that a field keeps the focus. */
function place(parent: HTMLElement, next: readonly HTMLElement[]): void {
  const before = [...parent.children];
  if (before.length !== next.length || next.some((child, index) => child !== before[index])) fill(parent, ...next);
}
