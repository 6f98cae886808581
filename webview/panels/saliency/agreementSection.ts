/** Whether the methods agree: rank correlations, and the units that the first method finds. */
import { el, fill } from '../../base/dom';
import { inProse, t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import type { Chart } from '../../charts/chart';
import {
  type AgreementData,
  type AgreementOptions,
  correlation,
  rankAgreement,
} from '../../charts/saliency/rankAgreement';
import { pending, strongest } from '../../charts/saliency/scores';
import { notesList, plain, warning } from '../notes';
import type { Section } from '../section';
import { sized } from '../sized';
import { orderedUnits, type SaliencyShown, unscoredBy } from './shown';
import { closestPair } from './verdict';
import { methodName, methodShort, midSentence, unitLabel, unitsName, unitText, unreliableNames } from './words';

/** How many units the sentence names. */
const NAMED = 4;
/** With fewer units a correlation can take only a handful of values, most often ±1, so there is no table. */
export const FEWEST = 5;

export function agreementSection(context: ViewContext): Section<SaliencyShown> {
  const small = el('small', {});
  const holder = el('div', {});
  const legend = el('div', { class: 'legend' });
  const element = el('section', { class: 'sec' }, el('h2', {}, t('Do the methods agree?'), small), holder, legend);
  let chart: Chart<AgreementData, AgreementOptions> | null = null;
  const drawing = sized<SaliencyShown>(context, holder, (shown, width) => {
    const { readable: methods, result, agreement, theme } = shown;
    const units = orderedUnits(result);
    small.textContent = units < FEWEST ? '' : t('rank correlation over {0} {1}', units, unitsName(result.by));
    const names = methods.map(({ method }) => methodName(method, result.operator));
    const data = { labels: methods.map(({ method }) => methodShort(method, result.operator)), agreement };
    const options: AgreementOptions = {
      width,
      theme,
      label: t('Rank correlation between {0} methods', methods.length),
      describe: (row, column) =>
        t(
          '{0} and {1}: {2}',
          names[row],
          names[column],
          correlation(row === column ? 1 : (agreement[row]?.[column] ?? null)),
        ),
      announce: context.announce,
    };
    if (methods.length < 2 || units < FEWEST) {
      chart?.destroy();
      chart = null;
    } else if (chart) chart.update(data, options);
    else chart = rankAgreement(holder, data, options);
    fill(legend, ...agreementParts(shown));
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

function agreementParts(shown: SaliencyShown): Node[] {
  const words = [found(shown), closest(shown)].filter((part) => part !== null);
  const left = leftOut(shown);
  return [notesList([...words.map(plain), ...(left === null ? [] : [warning(left)])])];
}

/** `Knock-out finds most in ↵, positive, Sentiment.` */
function found({ prompt, readable, result, running }: SaliencyShown): Node | null {
  const [first] = readable;
  if (!first) return null;
  const units = strongest(first.scores, NAMED);
  const name = methodName(first.method, result.operator);
  if (units.length === 0)
    return el(
      'span',
      {},
      pending({ scores: first.scores, unscored: unscoredBy(first.method, result) }) > 0
        ? running
          ? t('{0} is still being computed.', name)
          : t('{0} was not computed to its end.', name)
        : t('{0} finds nothing: every score is 0.', name),
    );
  const [before, after] = t('{0} scores {1} highest.', name, '\u0000').split('\u0000');
  return el(
    'span',
    {},
    before,
    ...units.flatMap((unit, i) => [
      i > 0 ? ', ' : '',
      el('span', { class: 'mono saliency-unit' }, unitLabel(unitText(prompt, result.units[unit]), 18)),
    ]),
    after,
  );
}

/** Names the methods that are drawn in the text but not compared. */
function leftOut(shown: SaliencyShown): string | null {
  const names = unreliableNames(shown);
  return names === '' ? null : t('Left out, not reliable here: {0}.', names);
}

function closest({ methods: drawn, readable: methods, agreement, result }: SaliencyShown): string | null {
  if (drawn.length < 2) return t('Choose a second method to compare.');
  if (methods.length < 2) return null;
  const units = orderedUnits(result);
  if (units < FEWEST) return t('Only {0} {1}: a rank correlation would say nothing.', units, unitsName(result.by));
  const names = methods.map(({ method }) => method);
  const pair = closestPair(names, agreement);
  if (!pair) return t('A correlation needs two complete rankings.');
  const [one, other] = pair.methods.map((method) => midSentence(methodName(method, result.operator)));
  const words = t('Closest are {0} and {1}, {2}.', one, other, correlation(pair.correlation));
  return pair.correlation < 0.5 ? inProse([words, t('No two methods agree here.')]) : words;
}
