/** The meaning of the colours and marks of a patching map. */
import { type Child, el } from '../../base/dom';
import { t } from '../../base/strings';
import { rampCss, type Theme } from '../../base/theme';
import { patchColour, shareText } from '../../charts/patching/map';
import type { PatchFacts } from './facts';
import type { PatchKind } from './grid';

export interface LegendOptions {
  theme: Theme;
  kind: PatchKind;
  /** The end of the scale. */
  limit: number;
  /** True if the cells print their numbers. */
  numbers: boolean;
}

export function mapLegend(facts: PatchFacts, { theme, kind, limit, numbers }: LegendOptions): Child[] {
  const end = limit === 1 ? '1' : shareText(limit);
  const stops = (sign: 1 | -1) => [0, 0.25, 0.5, 0.75, 1].map((part) => patchColour(theme, sign * part, numbers));
  const it = (...content: Child[]) => el('span', { class: 'it' }, ...content);
  const complete = facts.map.complete;
  return [
    it(
      `−${end}`,
      el('span', { class: 'ramp', style: { background: rampCss([...stops(-1).reverse(), ...stops(1)]) } }),
      `+${end}`,
    ),
    it(t('0 = as this prompt, 1 = as the second')),
    it(t('hatched: away from the second prompt')),
    it(t('a line at the edge: beyond the scale')),
    !complete &&
      it(
        el('span', { class: numbers ? 'patch-key hollow' : 'patch-key small' }),
        t('first-order preview, filled when exact'),
      ),
    kind === 'residual' && it(t('0 = embeddings, {0} = the answer', facts.blocks)),
    kind === 'residual' && facts.start > 0 && it(t('tokens 1–{0} are the same and carry nothing', facts.start)),
    kind === 'heads' && it(t('columns: blocks, rows: heads')),
  ];
}
