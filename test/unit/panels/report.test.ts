// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PromptVariable } from '../../../src/protocol/model';
import type { ShownReport } from '../../../src/protocol/view';
import { reportRow } from '../../../webview/panels/shell/report';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({
  icon: (name: string) => {
    const node = document.createElement('i');
    node.dataset.icon = name;
    return node;
  },
}));
beforeEach(() => document.body.replaceChildren());

const city: PromptVariable = { name: 'city', value: 'Oslo', from: 'file' };
const question: PromptVariable = { name: 'question', value: null, from: null };
const trip: ShownReport = { uri: 'file:///w/trip.prompty', notes: [], variables: [city, question] };

function draw(report: ShownReport | null = trip, ending: string | null = null) {
  const set = vi.fn();
  const row = reportRow(set);
  row.update(report, ending);
  document.body.append(row.element);
  const fold = () => row.element.querySelector('.report-variables') as HTMLDetailsElement;
  const box = (name: string) => {
    const label = [...row.element.querySelectorAll('label')].find(({ textContent }) => textContent === name);
    return document.getElementById(label?.htmlFor ?? '') as HTMLTextAreaElement;
  };
  const from = (name: string) => document.getElementById(box(name).getAttribute('aria-describedby') ?? '');
  const press = (name: string, key: string, more: KeyboardEventInit = {}) =>
    box(name).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
  const type = (name: string, text: string) => {
    box(name).focus();
    box(name).value = text;
  };
  return { row, set, fold, box, from, press, type };
}

describe('the variables of a file', () => {
  it('are one folded line: those without a value first, with a sign and a word', () => {
    const { fold } = draw();
    expect(fold().open).toBe(false);
    const [first, second] = fold().querySelectorAll('summary .report-pair');
    expect(first.textContent).toBe('question no value');
    expect(first.querySelector('[data-icon=warning]')).not.toBeNull();
    expect(second.textContent).toBe('city = Oslo');
    expect(second.querySelector('[data-icon]')).toBeNull();
    // What a screen reader says.
    expect(fold().querySelector('summary')?.textContent).toBe('Variables question no value city = Oslo');
  });

  it('are not there where a file has none, and there is no row at all without notes', () => {
    const { row, fold } = draw({ ...trip, variables: [] });
    expect(fold().hidden).toBe(true);
    expect(row.element.hidden).toBe(true);
    expect(draw(null).row.element.hidden).toBe(true);
  });

  it('have a field each, in the order of the file, that says where the value comes from', () => {
    const given: PromptVariable = { name: 'guest', value: 'Mira', from: 'given' };
    const beside: PromptVariable = { name: 'list', value: '[1]', from: 'beside' };
    const { row, box, from } = draw({ ...trip, variables: [city, question, given, beside] });
    const labels = [...row.element.querySelectorAll('label')].map(({ textContent }) => textContent);
    expect(labels).toEqual(['city', 'question', 'guest', 'list']);
    expect(labels.map((name) => [box(name ?? '').value, from(name ?? '')?.textContent])).toEqual([
      ['Oslo', 'in the file'],
      ['', 'no value'],
      ['Mira', 'typed here'],
      ['[1]', 'in a file beside it'],
    ]);
  });

  it('take what was typed on Enter, for their own file and once', () => {
    const { set, type, press, box } = draw();
    type('question', 'Where is the harbour?');
    press('question', 'Enter');
    box('question').dispatchEvent(new Event('blur'));
    expect(set.mock.calls).toEqual([['file:///w/trip.prompty', 'question', 'Where is the harbour?']]);
  });

  it('take it when the field is left, and nothing where nothing was changed', () => {
    const { set, type, box } = draw();
    box('question').dispatchEvent(new Event('blur'));
    expect(set).not.toHaveBeenCalled();
    type('city', '');
    box('city').dispatchEvent(new Event('blur'));
    expect(set.mock.calls).toEqual([['file:///w/trip.prompty', 'city', '']]);
  });

  it('break the line on Shift+Enter, and leave Enter to an input method that composes', () => {
    const { set, type, press } = draw();
    type('question', 'にほん');
    press('question', 'Enter', { shiftKey: true });
    press('question', 'Enter', { isComposing: true });
    expect(set).not.toHaveBeenCalled();
  });

  it('drop what was typed on Escape, which stays out of the rest of the panel', () => {
    const { set, type, press, box } = draw();
    const outside = vi.fn();
    document.addEventListener('keydown', outside);
    type('city', 'Bergen');
    press('city', 'Escape');
    press('city', 'j');
    expect(box('city').value).toBe('Oslo');
    box('city').dispatchEvent(new Event('blur'));
    document.removeEventListener('keydown', outside);
    expect(set).not.toHaveBeenCalled();
    expect(outside).not.toHaveBeenCalled();
  });

  it('go back to the file’s own value by a button that only typed ones have', () => {
    const given: PromptVariable = { ...city, value: 'Bergen', from: 'given' };
    const { set, row, box } = draw({ ...trip, variables: [given, question] });
    const shown = [...row.element.querySelectorAll<HTMLElement>('button')].filter(({ hidden }) => !hidden);
    expect(shown.map((each) => each.getAttribute('aria-label'))).toEqual(['Back to the file’s own value of city']);
    shown[0].click();
    expect(set.mock.calls).toEqual([['file:///w/trip.prompty', 'city', null]]);
    expect(document.activeElement).toBe(box('city'));
    row.update(trip, null);
    expect(box('city').value).toBe('Oslo');
  });

  it('keep field, focus and unfinished words while other facts arrive, but not for another file', () => {
    const { row, type, box, fold } = draw();
    fold().open = true;
    const field = box('question');
    type('question', 'Where');
    row.update({ ...trip, variables: [{ ...city, value: 'Bergen' }, question] }, null);
    expect(box('question')).toBe(field);
    expect([field.value, box('city').value]).toEqual(['Where', 'Bergen']);
    expect(document.activeElement).toBe(field);
    expect(fold().open).toBe(true);
    row.update({ ...trip, uri: 'file:///w/other.prompty' }, null);
    expect(box('question').value).toBe('');
  });

  it('say of an empty text that it is one', () => {
    const { fold, from } = draw({ ...trip, variables: [{ name: 'city', value: '', from: 'given' }] });
    expect(fold().querySelector('.report-pair')?.textContent).toBe('city = empty');
    expect(from('city')?.textContent).toBe('empty · typed here');
  });
});

describe('the notes of a reading', () => {
  const notes = ['1 picture is left out', 'the file has Windows line ends'];

  it('stand as they are where there is one, and the end of the prompt is one of them', () => {
    const { row } = draw({ ...trip, notes: [], variables: [] }, 'The text ends in a space.');
    expect(row.element.querySelector('details:not(.report-variables)')).toBeNull();
    expect(row.element.querySelector('[role=status]')?.textContent).toBe('The text ends in a space.');
  });

  it('are folded where there are more, and stay open while they are the same', () => {
    const { row } = draw({ ...trip, notes }, 'The text ends in a space.');
    const fold = row.element.querySelector('details:not(.report-variables)') as HTMLDetailsElement;
    expect(fold.querySelector('summary')?.textContent).toBe('3 notes on how the text is read');
    expect([...fold.querySelectorAll('li')].map(({ textContent }) => textContent)).toEqual([
      ...notes,
      'The text ends in a space.',
    ]);
    fold.open = true;
    row.update({ ...trip, notes, variables: [] }, 'The text ends in a space.');
    expect(row.element.querySelector('details:not(.report-variables)')).toBe(fold);
  });
});
