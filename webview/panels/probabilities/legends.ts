/** The meaning of the colours, rules and marks of the Probabilities view, with their domains. */
import type { Prompt } from '../../../src/protocol/model';
import { el, svgEl } from '../../base/dom';
import { glyphs } from '../../base/glyphs';
import { t } from '../../base/strings';
import { rampCss, type Theme } from '../../base/theme';
import { CHANGE_NATS, HEAT_FROM_NATS, HEAT_NATS, RANK_CLASSES } from '../../charts/shared/tint';

function item(...content: (Node | string)[]): HTMLElement {
  return el('span', { class: 'it' }, ...content);
}

function swatch(fill: string, stroke = 'none'): SVGElement {
  const rect = svgEl('rect', { x: 0.5, y: 0.5, width: 11, height: 11, fill, stroke });
  return svgEl('svg', { width: 12, height: 12, 'aria-hidden': 'true' }, rect);
}

function line(theme: Theme, x: number, dash?: string, colour = theme.foreground, width = 1.5): SVGElement {
  const at = x ? { x1: x, x2: x, y1: 0, y2: 12 } : { x1: 0, x2: 14, y1: 6, y2: 6 };
  const mark = svgEl('line', { ...at, stroke: colour, 'stroke-width': width, 'stroke-dasharray': dash });
  return svgEl('svg', { width: x ? 8 : 14, height: 12, 'aria-hidden': 'true' }, mark);
}

function triangle(theme: Theme): SVGElement {
  const mark = svgEl('path', { d: 'M2 3h8l-4 6z', fill: theme.foreground });
  return svgEl('svg', { width: 12, height: 12, 'aria-hidden': 'true' }, mark);
}

/** An outline as the text draws it around what was edited. */
function outlined(theme: Theme): SVGElement {
  const attributes = { x: 0.75, y: 0.75, width: 14.5, height: 10.5, fill: 'none', 'stroke-width': 1.5 };
  const rect = svgEl('rect', { ...attributes, stroke: theme.foreground, 'stroke-dasharray': '2 2' });
  return svgEl('svg', { width: 16, height: 12, 'aria-hidden': 'true' }, rect);
}

export function textLegend(theme: Theme, mode: 'surprisal' | 'rank', baseline: string | null, prompt: Prompt): Node[] {
  const tint =
    mode === 'surprisal'
      ? item(
          t('surprisal'),
          el('span', { class: 'mono' }, HEAT_FROM_NATS),
          el('span', { class: 'ramp', style: { background: rampCss(theme.heatStops) } }),
          el('span', { class: 'mono' }, t('{0}+ nats', HEAT_NATS)),
        )
      : item(
          t('rank'),
          ...['1', '2–10', '11–100', '101–1,000', '1,001+'].flatMap((range, i) => [
            swatch(theme.heat(i / RANK_CLASSES.length), theme.faint),
            range,
          ]),
        );
  const rule = (height: number) =>
    svgEl(
      'svg',
      { width: 16, height: 12, 'aria-hidden': 'true' },
      svgEl('rect', { width: 16, height: 12, fill: theme.track }),
      svgEl('rect', { y: 12 - height, width: 16, height, fill: theme.foreground }),
    );
  const all: Node[] = [tint];
  if (baseline === null) all.push(item(t('underline: beyond rank'), rule(1), '10', rule(2), '100', rule(3), '1,000'));
  if (baseline !== null)
    all.push(
      item(
        t('compared with {0}:', baseline),
        line(theme, 0, undefined, theme.positive, 2),
        t('▲ likelier'),
        line(theme, 0, '4 3', theme.negative, 2),
        t('▽ less likely, by {0} nats or more', CHANGE_NATS),
      ),
      item(outlined(theme), t('edited')),
    );
  if (glyphs(prompt).some((glyph) => glyph.to - glyph.from > 1))
    all.push(item(t('a character of several tokens: one strip per token')));
  return all;
}

export function stripTitle(tokens: number): string {
  return tokens === 1
    ? t('Surprisal and entropy by token')
    : t('Surprisal and entropy, up to {0} tokens a bar', tokens);
}

/** `tokens`: the most tokens that one bar stands for. */
export function stripLegend(theme: Theme, tokens: number): Node[] {
  const entropy = item(line(theme, 0), t('entropy before the token'));
  if (tokens === 1) return [item(swatch(theme.negative), t('surprisal')), entropy];
  return [
    item(swatch(theme.negative), t('bar: mean surprisal of up to {0} tokens', tokens)),
    item(line(theme, 0, undefined, theme.negative, 1), t('dash above it: the largest of them')),
    entropy,
  ];
}

/** `sampling`: the settings in words, or null while they are neutral. `before`: the bars carry marks of a baseline. */
export function nextLegend(theme: Theme, sampling: string | null, before: boolean): Node[] {
  const all: Node[] = [
    item(swatch(theme.positive), t('raw softmax, no temperature')),
    item(line(theme, 4), t('running total')),
  ];
  if (before) all.push(item(triangle(theme), t('before: in the baseline')));
  if (sampling) all.push(item(swatch('none', theme.foreground), t('when sampled: {0}', sampling)));
  return all;
}
