/** A heading, a chart that follows the width of its container, and the text under it. */
import { type Child, el, fill } from '../../base/dom';
import { sayTerms } from '../../base/term';
import type { ViewContext } from '../../base/view';
import type { StepChart, StepOptions } from '../../charts/shared/stepChart';

export interface ChartSlot<Data, Options> {
  element: HTMLElement;
  /** Null hides the section. */
  show(content: SlotContent<Data, Options> | null): void;
  drawing(): SVGSVGElement | null;
  /** The heading, for an exported picture. */
  title(): string;
  destroy(): void;
}

export interface SlotContent<Data, Options> {
  title: string;
  small: string;
  data: Data;
  /** The chart's options, except those that the slot supplies itself. */
  options: Omit<Options, 'theme' | 'width' | 'announce' | 'onHover'>;
  /** The card over a step; null for none. */
  card?: (step: number) => Node[];
  under?: Child[];
}

export function chartSlot<Data, Options extends StepOptions>(
  context: ViewContext,
  create: (container: HTMLElement, data: Data, options: Options) => StepChart<Data, Options>,
): ChartSlot<Data, Options> {
  const name = el('span', {});
  const small = el('small', {});
  const holder = el('div', { class: 'lie-chart' });
  const under = el('div', { class: 'lie-under s m' });
  const element = el('section', { class: 'sec' }, el('h2', {}, name, small), holder, under);
  let chart: StepChart<Data, Options> | null = null;
  let content: SlotContent<Data, Options> | null = null;
  let width = 0;
  const draw = () => {
    element.hidden = content === null;
    if (!content || width === 0) return;
    const { card } = content;
    const options = {
      ...content.options,
      theme: context.theme(),
      width,
      announce: context.announce,
      onHover: (step: number | null, anchor: Element | null) => {
        if (step === null || !anchor || !card) context.card(null);
        else context.card(anchor, ...card(step));
      },
    } as unknown as Options;
    if (chart) chart.update(content.data, options);
    else chart = create(holder, content.data, options);
  };
  const stop = context.onWidth(holder, (value) => {
    width = value;
    draw();
  });
  return {
    element,
    show(next) {
      content = next;
      sayTerms(name, next?.title ?? '', 'calibration');
      sayTerms(small, next?.small ?? '', 'auroc', 'logodds', 'heldout');
      fill(under, ...(next?.under ?? []));
      draw();
    },
    drawing: () => (content ? (chart?.drawing() ?? null) : null),
    title: () => [content?.title, content?.small].filter(Boolean).join(' · '),
    destroy() {
      stop();
      chart?.destroy();
    },
  };
}

/** Names and values in two columns, for cards and inspectors. */
export function factList(facts: readonly (readonly [string, string])[]): HTMLElement {
  return el('dl', { class: 'kv' }, ...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
}
