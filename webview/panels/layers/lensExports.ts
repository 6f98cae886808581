/** The lens as a picture with its legend, and as data. */
import { svgEl } from '../../base/dom';
import { rank, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import type { ViewExports } from '../../base/view';
import { tintColour } from '../../charts/lens/cells';
import { lineSwatch } from '../../charts/lens/lines';
import type { LensChart } from '../../charts/lens/table';
import { svgDocument } from '../../charts/shared/svgDocument';
import type { LensColumns } from './lensColumns';
import { scaleWords } from './lensScale';
import type { LensShown } from './lensShown';
import { roleWords } from './lensWords';

const itemWidth = 150;

/** Lines with token, final rank and role, then the scale. */
function legendDrawing(shown: LensShown, theme: Theme): SVGSVGElement {
  const { lines, follow, chart } = shown;
  const items = lines.map((line, index) => {
    const place = svgEl('g', { transform: `translate(${(index % 4) * itemWidth},${Math.floor(index / 4) * 18})` });
    const swatch = lineSwatch(theme, index);
    const last = follow[index]?.at(-1);
    const words = `${visible(line.text)}  ${last ? rank(last.rank) : ''}  ${roleWords(line.role)}`;
    place.append(swatch, svgEl('text', { x: 32, y: 9, style: { fill: theme.foreground } }, words));
    return place;
  });
  const y = Math.ceil(lines.length / 4) * 18 + 6;
  const [name, from, to] = scaleWords(chart.tint);
  const ramp = Array.from({ length: 24 }, (_, step) =>
    svgEl('rect', { x: 160 + step * 4, y, width: 4, height: 8, fill: tintColour(theme, chart.tint, step / 23) }),
  );
  const words = (x: number, text: string, anchor = 'start') =>
    svgEl('text', { x, y: y + 8, 'text-anchor': anchor, style: { fill: theme.muted } }, text);
  return svgEl(
    'svg',
    { width: 4 * itemWidth, height: y + 12 },
    ...items,
    words(152, `${name} ${from}`, 'end'),
    ...ramp,
    words(264, to),
  );
}

export function lensExports(shown: LensShown, chart: LensChart, theme: Theme, columns: LensColumns): ViewExports {
  return {
    svg: () =>
      svgDocument(theme, t('Logit lens'), [
        { title: t('Logit lens'), drawing: chart.drawing() },
        { title: t('Followed tokens'), drawing: legendDrawing(shown, theme) },
      ]),
    json: () => ({
      target: shown.data.target,
      origin: shown.origin,
      followed: shown.lines.map((line, index) => ({ ...line, layers: shown.follow[index] })),
      columns: columns.known().map((position) => ({
        position,
        layers: columns.cells(position, false)?.map(({ top, entropy, change }) => ({ top, entropy, change })),
      })),
    }),
  };
}
