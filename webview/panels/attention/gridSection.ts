/** All heads at once, the best of them by name, and one line about the head under the pointer. */
import { el, fill } from '../../base/dom';
import { inProse, t } from '../../base/strings';
import { sayTerms } from '../../base/term';
import type { ViewContext } from '../../base/view';
import { type AttentionGrid, attentionGrid } from '../../charts/attention/grid';
import type { HeadRef, RankedHead } from '../../charts/attention/ranking';
import type { Section } from '../section';
import { sized } from '../sized';
import { headName } from './choice';
import type { AttentionShown, HeadActions } from './shown';
import { describeHead, measureOption, measureValue } from './words';

/** From this content width on, six best heads are named; below it, three. */
const wide = 720;

export function attentionGridSection(context: ViewContext, actions: HeadActions): Section<AttentionShown> {
  const title = el('span', { class: 't' });
  const holder = el('div', {});
  const legend = el('div', { class: 'legend' });
  const readout = el('div', { class: 'attention-readout m s' });
  const explanation = t('one picture per head (column = block, row = head); inside it, rows attend to columns');
  const element = el(
    'section',
    { class: 'sec' },
    el('h2', {}, title, el('small', {}, explanation)),
    holder,
    legend,
    readout,
  );
  let chart: AttentionGrid | null = null;
  let preview: HeadRef | null = null;

  const describe = (ref: HeadRef): string => {
    const shown = drawing.shown();
    const same = (other: HeadRef) => other.layer === ref.layer && other.head === ref.head;
    const summary = shown?.data.overview.summaries.find(same);
    return summary && shown
      ? describeHead(summary, shown.ranking.best.find(same), shown.ranking.measure)
      : headName(ref);
  };
  const drawReadout = () => {
    const hint = t(
      'Click a picture to choose its head; with Ctrl or Cmd, add it to those chosen. Keys: arrows, Enter, space.',
    );
    // An exported page takes no clicks.
    readout.classList.toggle('no-export', preview === null);
    readout.textContent = preview ? describe(preview) : hint;
  };
  const drawing = sized<AttentionShown>(context, holder, (shown, width) => {
    const { data, facts, ranking, chosen, theme, gamma, order } = shown;
    const best = bestHeads(ranking.best, width >= wide ? 6 : 3);
    sayTerms(title, t('All {0} heads', data.overview.summaries.length), 'head');
    const { size, thumbnails } = data.overview;
    const chartData = { layers: facts.layers, heads: facts.heads, tokens: facts.tokens, size, thumbnails };
    const options = {
      width,
      theme,
      gamma,
      label: t(
        'All heads: {0} blocks by {1} heads, ranked by {2}',
        facts.layers,
        facts.heads,
        measureOption(ranking.measure).label,
      ),
      rowsAreRanks: order === 'strongest',
      describe,
      onPreview: (ref: HeadRef | null) => {
        preview = ref;
        drawReadout();
      },
      onChoose: actions.choose,
    };
    const full = { ...chartData, order: ranking.order, best, chosen, locked: shown.headLocked };
    if (chart) chart.update(full, options);
    else chart = attentionGrid(holder, full, options);
    fill(legend, ...legendParts(shown, best, actions));
    drawReadout();
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

/** The best heads that have a value. */
function bestHeads(best: readonly RankedHead[], count: number): RankedHead[] {
  return best.slice(0, count).filter(({ value }) => value !== null);
}

function legendParts(shown: AttentionShown, best: readonly RankedHead[], actions: HeadActions): (Node | string)[] {
  const { ranking, even, rankingProblem } = shown;
  if (rankingProblem) {
    const again = el('button', { type: 'button', class: 'link', on: { click: actions.retry } }, t('Try again'));
    return [el('span', {}, inProse([rankingProblem.message, rankingProblem.remedy])), again];
  }
  if (ranking.best.length === 0 && shown.stale) return [el('span', { class: 'it' }, t('run again to rank by this'))];
  if (ranking.best.length === 0) return [el('span', { class: 'it' }, t('ranking the heads…'))];
  if (best.length === 0) {
    const why =
      ranking.measure === 'induction' ? t('no token repeats: nothing to rank by') : t('one token: nothing to rank by');
    return [el('span', { class: 'it' }, why)];
  }
  const named = best.map((ranked, index) =>
    el(
      'button',
      { type: 'button', class: 'it attention-best', on: { click: () => actions.choose(ranked, false) } },
      el('span', { class: index === 0 ? 'strong' : '' }, headName(ranked)),
      el('span', { class: 'm' }, measureValue(ranking.measure, ranked.value)),
    ),
  );
  const yardstick =
    even === null
      ? null
      : el('span', { class: 'it' }, t('an even spread would be {0}', measureValue(ranking.measure, even)));
  return [el('span', { class: 'it' }, t('strongest, block.head')), ...named, ...(yardstick ? [yardstick] : [])];
}
