/** A heading, a chart that follows the width of its container, and the text under it. */
import { type Child, el, fill } from '../../base/dom';
import { sayTerms } from '../../base/term';
import type { ViewContext } from '../../base/view';
import type { StepChart, StepOptions } from '../../charts/shared/stepChart';
import type { DrawingPart } from '../../charts/shared/svgDocument';
import type { Section } from '../section';
import { heldChart } from '../sized';

/** A section that null hides. */
export interface ChartSlot<Data, Options> extends Section<SlotContent<Data, Options> | null> {
  /** The chart with its heading, for an export. */
  picture(): DrawingPart;
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
  const inputs = (content: SlotContent<Data, Options>, width: number): [Data, Options] => {
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
    return [content.data, options];
  };
  const drawing = heldChart(context, holder, create, inputs);
  let title = '';
  return {
    element,
    update(next) {
      element.hidden = next === null;
      title = [next?.title, next?.small].filter(Boolean).join(' · ');
      sayTerms(name, next?.title ?? '', 'calibration');
      sayTerms(small, next?.small ?? '', 'auroc', 'logodds', 'heldout');
      fill(under, ...(next?.under ?? []));
      if (next) drawing.update(next);
    },
    picture: () => ({
      title,
      drawing: element.hidden ? null : (drawing.chart()?.drawing() ?? null),
    }),
    destroy: drawing.stop,
  };
}

/** Names and values in two columns, for cards and inspectors. */
export function factList(facts: readonly (readonly [string, string])[]): HTMLElement {
  return el('dl', { class: 'kv' }, ...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
}
