/** The strongest units of the first method that can be ranked, as a list. */
import { signedMethods } from '../../../src/analysis/saliency/contract';
import { el } from '../../base/dom';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import type { Chart } from '../../charts/chart';
import { pending, strongest } from '../../charts/saliency/scores';
import { type UnitBarsData, type UnitBarsOptions, unitBars } from '../../charts/saliency/unitBars';
import type { Section } from '../section';
import { sized } from '../sized';
import { unitSpoken } from './card';
import { type SaliencyShown, unscoredBy } from './shown';
import { hoverUnit, lockUnit } from './textSection';
import { methodName, unitsName, unitText } from './words';

/** The largest number of rows. */
const ROWS = 10;

export function barsSection(context: ViewContext): Section<SaliencyShown> {
  const title = el('span', {});
  const small = el('small', {});
  const holder = el('div', {});
  const element = el('section', { class: 'sec' }, el('h2', {}, title, small), holder);
  let chart: Chart<UnitBarsData, UnitBarsOptions> | null = null;
  const drawing = sized<SaliencyShown>(context, element, (shown, width) => {
    const now = shown;
    const { prompt, readable, result, theme, lockedUnit } = now;
    const [first] = readable;
    const units = first ? strongest(first.scores, ROWS) : [];
    element.hidden = units.length === 0;
    if (units.length === 0) return;
    title.textContent = t('The strongest {0}', unitsName(result.by));
    small.textContent = smallWords(now);
    const data = {
      bars: units.map((unit) => ({
        unit,
        text: unitText(prompt, result.units[unit]),
        score: first.scores[unit] ?? 0,
      })),
      signed: signedMethods[first.method],
    };
    const options: UnitBarsOptions = {
      width,
      theme,
      locked: lockedUnit,
      label: t('{0} strongest of {1} {2}', units.length, result.units.length, unitsName(result.by)),
      describe: (unit) => unitSpoken(now, unit),
      announce: context.announce,
      onHover: (unit, anchor) => hoverUnit(context, now, unit, anchor),
      onLock: (unit) => lockUnit(context, now, unit),
    };
    if (chart) chart.update(data, options);
    else chart = unitBars(holder, data, options);
  });
  return {
    element,
    update: drawing.update,
    destroy() {
      drawing.stop();
      chart?.destroy();
    },
  };
}

function smallWords({ readable, result }: SaliencyShown): string {
  const [{ method, scores }] = readable;
  const name = methodName(method, result.operator);
  const unscored = unscoredBy(method, result);
  const left = pending({ scores, unscored });
  if (left > 0) return t('{0}, {1} of {2} still to come', name, left, scores.length - unscored.size);
  return method === 'occlusion' ? t('{0}, nats', name) : name;
}
