/** Do the methods agree? Rank correlations, and which units the first method finds. For the saliency tab. */
import { el, fill } from '../../base/dom';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { type AgreementData, type AgreementOptions, correlation, rankAgreement } from '../../charts/rankAgreement';
import { strongest } from '../../charts/saliencyScores';
import type { Chart } from '../../charts/tokenText';
import { sized } from '../sized';
import type { SaliencyShown, Section } from './shown';
import { closestPair } from './verdict';
import { methodName, methodShort, midSentence, unitLabel, unitsName } from './words';

/** Named in the sentence. */
const NAMED = 4;

export function agreementSection(context: ViewContext): Section {
  const small = el('small', {});
  const holder = el('div', {});
  const legend = el('div', { class: 'legend' });
  const element = el('section', { class: 'sec' }, el('h2', {}, t('Do the methods agree?'), small), holder, legend);
  let chart: Chart<AgreementData, AgreementOptions> | null = null;
  const drawing = sized<SaliencyShown>(context, holder, (shown, width) => {
    const { methods, result, agreement, theme } = shown;
    small.textContent = t('rank correlation over {0} {1}', result.units.length, unitsName(result.by));
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
    if (methods.length < 2) {
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
  return [el('span', {}, ...words.flatMap((part) => [part, ' ']))];
}

/** `Knock-out finds most in ↵, positive, Sentiment.` */
function found({ methods, result, running }: SaliencyShown): Node | null {
  const [first] = methods;
  if (!first) return null;
  const units = strongest(first.scores, NAMED);
  const name = methodName(first.method, result.operator);
  if (units.length === 0)
    return el(
      'span',
      {},
      first.scores.includes(null)
        ? running
          ? t('{0} is still being computed.', name)
          : t('{0} was not computed to its end.', name)
        : t('{0} finds nothing: every score is 0.', name),
    );
  const [before, after] = t('{0} finds most in {1}.', name, '\u0000').split('\u0000');
  return el(
    'span',
    {},
    before,
    ...units.flatMap((unit, i) => [
      i > 0 ? ', ' : '',
      el('span', { class: 'mono saliency-unit' }, unitLabel(result.units[unit].text, 18)),
    ]),
    after,
  );
}

function closest({ methods, agreement, result }: SaliencyShown): string {
  if (methods.length < 2) return t('Choose a second method to compare.');
  const names = methods.map(({ method }) => method);
  const pair = closestPair(names, agreement);
  if (!pair) return t('A correlation needs two complete rankings.');
  const [one, other] = pair.methods.map((method) => midSentence(methodName(method, result.operator)));
  const words = t('Closest are {0} and {1}, {2}.', one, other, correlation(pair.correlation));
  return pair.correlation < 0.5 ? `${words} ${t('No two methods tell the same story here.')}` : words;
}
