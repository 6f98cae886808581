/** The Probabilities tab as a table, as CSV with every digit, and as one SVG picture. */
import type { ProbabilitiesData } from '../../../src/analysis/probabilities/contract';
import { readable } from '../../../src/protocol/pieces';
import type { TableTwin } from '../../base/a11y';
import { probability, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import type { ViewContext, ViewExports } from '../../base/view';
import { type DrawingPart, svgDocument, textDrawing } from '../../charts/shared/svgDocument';
import type { RepeatSection } from './repeatSection';

/** How many alternatives the table lists. */
const ALTERNATIVES = 3;

export function probabilitiesTable(
  { prompt, result }: ProbabilitiesData,
  change?: readonly (number | null)[],
): TableTwin {
  return {
    caption: t('Every token with its probability'),
    columns: [
      t('position'),
      t('token'),
      t('id'),
      t('bytes'),
      t('probability'),
      t('surprisal, nats'),
      t('rank'),
      t('entropy before, nats'),
      ...(change ? [t('against baseline, nats')] : []),
      t('expected'),
    ],
    rows: prompt.tokens.map((token, i) => {
      const logprob = result.logprob[i];
      const rank = result.rank[i];
      const expected = result.top[i]
        .slice(0, ALTERNATIVES)
        .map((c) => `${visible(readable(c))} ${probability(Math.exp(c.logprob))}`);
      return [
        i + 1,
        readable(token),
        token.id,
        token.bytes,
        logprob === null ? null : Math.exp(logprob),
        logprob === null ? null : -logprob,
        rank === null ? null : rank + 1,
        i > 0 ? result.entropy[i - 1] : null,
        ...(change ? [change[i]] : []),
        expected.join('  '),
      ];
    }),
  };
}

/** Columns named as the command line's `--csv` names them; ranks and positions count from 1. */
export function probabilitiesCsv(
  { prompt, result }: ProbabilitiesData,
  change?: readonly (number | null)[],
): TableTwin {
  const columns = [
    ...['positionFrom1', 'id', 'text', 'bytes', 'start', 'end'],
    ...['logprob', 'rankFrom1', 'entropy', 'entropyBefore'],
    ...['expectedId', 'expectedText', 'expectedLogprob'],
  ];
  return {
    caption: '',
    columns: change ? [...columns, 'logprobChange'] : columns,
    rows: prompt.tokens.map((token, i) => {
      const best = result.top[i][0];
      const rank = result.rank[i];
      return [
        ...[i + 1, token.id, readable(token), token.bytes, token.start, token.end],
        ...[result.logprob[i], rank === null ? null : rank + 1, result.entropy[i]],
        i > 0 ? result.entropy[i - 1] : null,
        best?.id ?? null,
        best ? readable(best) : null,
        best?.logprob ?? null,
        ...(change ? [change[i]] : []),
      ];
    }),
  };
}

export interface Picture {
  theme: Theme;
  title: string;
  text: HTMLElement;
  strip: HTMLElement;
  next: HTMLElement;
  /** The drawings of the sections below. */
  more: readonly DrawingPart[];
}

export function probabilitiesSvg({ theme, title, text, strip, next, more }: Picture): string {
  const chart = (box: HTMLElement) => box.querySelector('svg');
  return svgDocument(theme, title, [
    { title: t('Tokens'), drawing: textDrawing(text, theme) },
    { title: t('Surprisal and entropy by token'), drawing: chart(strip) },
    { title: t('Next token'), drawing: chart(next) },
    ...more,
  ]);
}

/** `change`: against the baseline, where there is one. `boxes`: what is drawn. */
export function probabilitiesExports(
  data: ProbabilitiesData,
  change: readonly (number | null)[] | undefined,
  context: Pick<ViewContext, 'theme' | 'state'>,
  {
    repeated,
    ...boxes
  }: Pick<Picture, 'text' | 'strip' | 'next'> & {
    repeated: Pick<RepeatSection, 'drawings' | 'result'>;
  },
): ViewExports {
  return {
    svg: () => {
      const title = context.state().title ?? '';
      return probabilitiesSvg({ ...boxes, theme: context.theme(), more: repeated.drawings(), title });
    },
    csv: () => probabilitiesCsv(data, change),
    json: () => ({
      ...data.result,
      end: data.end,
      repeat: repeated.result(),
      continuations: context.state().continuations.rows.map(({ kind, steps }) => ({ kind, tokens: steps })),
    }),
  };
}
