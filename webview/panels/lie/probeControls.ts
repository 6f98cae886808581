/**
 * The settings of a probe on a table: the label column and its values, the rows that are held out together, and how a text is
 * presented to the model. Automatic choices show their outcome.
 */

import type { LieIntent } from '../../../src/analysis/panel';
import type { ProbeData } from '../../../src/analysis/probe/contract';
import { dropdown, each, segmented, setUnlessTyping, textField } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';

export interface ProbeControls {
  element: HTMLElement;
  /** `data` is null while there is no result: the columns are not known then. */
  update(intent: LieIntent, data: ProbeData | null): void;
}

export function probeControls(context: ViewContext): ProbeControls {
  const change = (part: Partial<LieIntent>) => context.setIntent({ lie: { ...context.state().intent.lie, ...part } });
  const frame = segmented<LieIntent['frame']>({
    label: t('Read as'),
    options: each<LieIntent['frame']>({
      plain: { label: t('Plain text'), title: t('As it stands, at its last token') },
      statement: { label: t('Answer'), title: t('As the model’s own answer, as the truth probe reads it') },
    }),
    value: 'plain',
    onChange: (value) => change({ frame: value }),
  });
  const task = segmented<LieIntent['task']>({
    label: t('Labels'),
    options: each<LieIntent['task']>({
      auto: { label: t('Auto') },
      classes: { label: t('Classes') },
      number: { label: t('Numbers') },
    }),
    value: 'auto',
    onChange: (value) => change({ task: value }),
  });
  const template = textField({
    label: t('Template: {x} stands for the text'),
    placeholder: t('The city of {x}'),
    onCommit: (text) => change({ template: text }),
  });
  const labels = el('span', {});
  const together = el('span', {});
  let shown = '';

  function showColumns({ columns: names, labelColumn, groupColumn }: ProbeData): void {
    const key = [labelColumn, groupColumn, ...names].join('\n');
    if (key === shown) return;
    shown = key;
    const options = names.map((name) => ({ value: name, label: name }));
    const label = dropdown<string>({
      ...{ label: t('Column'), options, value: labelColumn },
      onChange: (value) => change({ label: value }),
    });
    const groups = dropdown<string>({
      label: t('Held out together'),
      options: [{ value: '', label: t('nothing: each row by itself') }, ...options],
      value: groupColumn ?? '',
      onChange: (value) => change({ groupBy: value }),
    });
    fill(labels, label.element);
    fill(together, groups.element);
  }

  return {
    element: el(
      'div',
      { class: 'lie-probe-controls' },
      el('div', { class: 'ctl' }, frame.element, task.element),
      el('div', { class: 'ctl' }, labels, together, el('span', { class: 'field' }, t('Template'), template.element)),
    ),
    update(intent, data) {
      frame.set(intent.frame);
      task.set(intent.task);
      if (data) showColumns(data);
      setUnlessTyping(template, intent.template ?? data?.template ?? '');
    },
  };
}
