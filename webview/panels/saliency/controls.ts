/** The row above the saliency text: the unit that is taken away, the operator, the scope, and the methods to run. */
import {
  type Operator,
  operators,
  type SaliencyIntent,
  type SaliencyMethod,
  saliencyMethods,
} from '../../../src/analysis/saliency/contract';
import { type Scope, scopes, type UnitKind, unitKinds } from '../../../src/analysis/shared/contract';
import { checkbox, dropdown, segmented, textField } from '../../base/controls';
import { el } from '../../base/dom';
import { multiChoice } from '../../base/multiChoice';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { toggled } from './shown';
import { methodName, methodTitle, operatorOption, scopeName, unitName } from './words';

/** Units with a button of their own; the others are in a menu. */
const common: readonly UnitKind[] = ['token', 'word', 'sentence', 'line', 'example'];
const rare = unitKinds.filter((kind) => !common.includes(kind));

export interface SaliencyControls {
  element: HTMLElement;
  /** `long`: the prompt is shown as a ranking; `by`: the unit of the result on show. */
  update(intent: SaliencyIntent, shown: { long: boolean; by: UnitKind | null }): void;
}

/** Changes one group of the intent. */
export function changeSaliency(context: ViewContext, change: Partial<SaliencyIntent>): void {
  context.setIntent({ saliency: { ...context.state().intent.saliency, ...change } });
}

export function saliencyControls(context: ViewContext): SaliencyControls {
  const change = (part: Partial<SaliencyIntent>) => changeSaliency(context, part);
  const unit = unitControls(context);
  let last: unknown[] = [];
  const operator = dropdown<Operator>({
    label: t('Operator'),
    options: operators.map((value) => ({ value, ...operatorOption(value) })),
    value: 'knockout',
    onChange: (value) => change({ operator: value }),
  });
  const scope = dropdown<Scope>({
    label: t('Scope'),
    options: scopes.map((value) => ({ value, label: scopeName(value) })),
    value: 'user',
    onChange: (value) => change({ scope: value }),
  });
  const methods = multiChoice<SaliencyMethod>({
    label: t('Methods'),
    options: saliencyMethods.map((value) => ({
      value,
      label: value === 'occlusion' ? t('Occlusion') : methodName(value, 'knockout'),
      title: methodTitle(value),
    })),
    values: [],
    summary: (values) => t('{0} of {1}', values.length, saliencyMethods.length),
    onToggle: (value) => change({ methods: toggled(context.state().intent.saliency.methods, value, saliencyMethods) }),
  });
  const others = checkbox({
    label: t('Other methods and curves'),
    checked: false,
    onChange: (checked) => change({ others: checked }),
  });
  others.element.title = t('They take several times as long as the ranking');
  const parts = [...unit.elements, operator.element, scope.element, methods.element, others.element];
  return {
    element: el('div', { class: 'ctl saliency-controls' }, ...parts),
    update(intent, { long, by }) {
      const now = [intent, long, by];
      // A hover must not reset a field or menu that is in use.
      if (now.every((each, index) => each === last[index])) return;
      last = now;
      const automatic = long && by !== null && intent.by === 'word' && !intent.unitChosen;
      unit.update(automatic ? { ...intent, by } : intent);
      operator.set(intent.operator);
      scope.set(intent.scope);
      methods.set(intent.methods);
      others.set(intent.others);
      others.element.hidden = !long;
      methods.element.hidden = long && !intent.others;
    },
  };
}

/** Buttons for the common units, a menu for the others, and the field of a regular expression. */
function unitControls(context: ViewContext): { elements: HTMLElement[]; update(intent: SaliencyIntent): void } {
  /** True if a regular expression was chosen but none was entered yet: the field waits for one. */
  let waiting = false;
  const choose = (by: UnitKind) => {
    waiting = by === 'match' && context.state().intent.saliency.pattern === '';
    if (!waiting) return changeSaliency(context, { by, unitChosen: true });
    show(context.state().intent.saliency);
    (field.element as HTMLElement).focus();
  };
  const buttons = segmented<UnitKind>({
    label: t('Unit'),
    options: common.map((value) => ({ value, label: unitName(value) })),
    value: 'word',
    onChange: choose,
  });
  const more = dropdown<UnitKind | 'more'>({
    label: t('More units'),
    hideLabel: true,
    options: [
      { value: 'more', label: t('More…') },
      ...rare.map((value) => ({ value, label: unitName(value), title: unitTitle(value) })),
    ],
    value: 'more',
    onChange: (value) => {
      if (value !== 'more') choose(value);
      else show(context.state().intent.saliency);
    },
  });
  const field = textField({
    label: t('Regular expression'),
    placeholder: t('/pattern/flags, then Enter'),
    onCommit: (pattern) => {
      waiting = false;
      if (pattern !== '') changeSaliency(context, { by: 'match', pattern, unitChosen: true });
    },
  });
  const show = ({ by, pattern }: SaliencyIntent) => {
    const now = waiting ? 'match' : by;
    buttons.set(now);
    // The group would have no tab stop if none of the buttons were chosen.
    const first = buttons.element.querySelector('button');
    if (first && !common.includes(now)) first.tabIndex = 0;
    more.set(common.includes(now) ? 'more' : now);
    field.element.hidden = now !== 'match';
    if (!waiting) field.set(pattern);
  };
  return {
    elements: [buttons.element, el('span', { class: 'saliency-more' }, more.element, field.element)],
    update(intent) {
      if (intent.by !== 'match' && waiting && !field.element.contains(document.activeElement)) waiting = false;
      show(intent);
    },
  };
}

function unitTitle(by: UnitKind): string | undefined {
  if (by === 'match') return t('Every match of a pattern');
  if (by === 'slot') return t('What the template’s variables were filled with');
  return by === 'selection' ? t('What is selected in the editor') : undefined;
}
