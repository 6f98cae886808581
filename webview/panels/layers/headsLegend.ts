/** How to read a cell of the head map, in words and as a drawing for the export. */
import { svgEl } from '../../base/dom';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { headSwatch } from '../../charts/layers/headMap';

type Kind = Parameters<typeof headSwatch>[1];

export function headKinds(): { kind: Kind; words: string }[] {
  return [
    { kind: 'for', words: t('supports the target') },
    { kind: 'against', words: t('works against it') },
    { kind: 'estimate', words: t('estimate') },
  ];
}

const itemWidth = 168;

export function headsLegend(theme: Theme): SVGSVGElement {
  const items = headKinds().map(({ kind, words }, index) =>
    svgEl(
      'g',
      { transform: `translate(${index * itemWidth},0)` },
      headSwatch(theme, kind),
      svgEl('text', { x: 20, y: 10, style: { fill: theme.foreground } }, words),
    ),
  );
  return svgEl('svg', { width: items.length * itemWidth, height: 14 }, ...items);
}
