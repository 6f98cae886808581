/** Quiet lines above the text: reasons why the scores are hard to read on this prompt, and methods that gave none. */
import type { SaliencyWarning } from '../../../src/analysis/saliency/contract';
import { linkButton } from '../../base/controls';
import { type Child, el, fill } from '../../base/dom';
import { probability } from '../../base/format';
import { icon } from '../../base/icons';
import { inList, inProse, t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import type { Section } from '../section';
import { changeSaliency } from './controls';
import type { SaliencyShown } from './shown';
import { methodName, unitLabel, unitsName, unitText } from './words';

/** How many repeated texts are named; the others are counted. */
const NAMED = 4;

export interface Notice {
  text: string;
  /** The remedy: a contrast, or deleting instead of knocking out. */
  help?: 'contrast' | 'delete';
}

export function notices(context: ViewContext): Section<SaliencyShown> {
  const element = el('div', { class: 'saliency-notices' });
  return {
    element,
    update(shown) {
      const all = noticeTexts(shown);
      fill(element, ...all.map(({ text, help }) => notice(text, help && remedy(context, help))));
      element.hidden = all.length === 0;
    },
    destroy() {},
  };
}

function remedy(context: ViewContext, help: 'contrast' | 'delete'): HTMLElement {
  return help === 'contrast'
    ? linkButton(t('Choose a target'), () => context.action('askTarget'))
    : linkButton(t('Delete instead'), () => changeSaliency(context, { operator: 'delete' }));
}

function notice(...content: Child[]): HTMLElement {
  return el(
    'div',
    { class: 'saliency-notice s' },
    icon('info'),
    el('span', {}, ...content.flatMap((part) => [part, ' '])),
  );
}

/** Every notice in words. */
export function noticeTexts(shown: SaliencyShown): Notice[] {
  const { prompt, result, refused, methods } = shown;
  const repeated = result.warnings.filter((warning) => warning.kind === 'repeated');
  // The warning about the curves' steps is shown beside the curves.
  const others = result.warnings.filter((warning) => warning.kind !== 'repeated' && warning.kind !== 'fewerSteps');
  return [
    ...refused.map(({ method, refused: problem }) => ({
      text: t('{0}: {1} {2}', methodName(method, result.operator), problem?.message ?? '', problem?.remedy ?? ''),
    })),
    ...silentNotices(shown),
    ...(methods.some(({ method }) => method === 'rollout')
      ? [
          {
            text: t(
              'Attention rollout follows attention alone: it leaves out what the heads write and all that the blocks compute, and tends to favour early tokens.',
            ),
          },
        ]
      : []),
    ...others.map((warning) => otherNotice(warning, Boolean(result.target.contrast))),
    ...(repeated.length > 0
      ? [
          {
            text: repeatedText(
              repeated,
              result.units.map((unit) => unitText(prompt, unit)),
            ),
          },
        ]
      : []),
  ];
}

function otherNotice(
  warning: Exclude<SaliencyWarning, { kind: 'repeated' | 'fewerSteps' }>,
  contrasted: boolean,
): Notice {
  if (warning.kind === 'coarser')
    return {
      text: t(
        'The prompt is cut into {0} instead of {1}: it has too many to take away one by one.',
        unitsName(warning.used),
        unitsName(warning.asked),
      ),
    };
  if (warning.kind === 'fewerPoints')
    return {
      text: t(
        'Integrated gradients use {0} points of their path instead of {1}, because this prompt is long. The legend says how far they are from complete.',
        warning.used,
        warning.asked,
      ),
    };
  const p = probability(warning.probability);
  if (warning.probability < 0.5)
    return {
      text: t('The target is very unlikely here (probability {0}): taking one part away hardly changes it.', p),
    };
  const text = t('The target is almost certain (probability {0}): taking one part away hardly changes it.', p);
  return contrasted
    ? { text }
    : { text: inProse([text, t('A contrast with another answer shows more.')]), help: 'contrast' };
}

/** Units that knock-out cannot take away have no score; those behind the target score 0 regardless of their text. */
function silentNotices({ prompt, result, methods }: SaliencyShown): Notice[] {
  const { units, unscored, by, target } = result;
  if (methods.every(({ method }) => method !== 'occlusion')) return [];
  const [inside] = unscored;
  const behind = units.filter(({ tokens }) => tokens[0] >= target.position).length;
  const closed =
    inside === undefined
      ? []
      : [
          {
            text: t(
              '“{0}” has no score with knock-out, because the answer is read inside it. Use deletion for this part.',
              unitLabel(unitText(prompt, units[inside]), 18),
            ),
            help: 'delete' as const,
          },
        ];
  if (behind === 0) return closed;
  const text = t(
    '{0} of {1} {2} come after the target and score 0: the target depends only on what comes before it.',
    behind,
    units.length,
    unitsName(by),
  );
  return [...closed, { text }];
}

function repeatedText(repeated: readonly { units: number[] }[], texts: readonly string[]): string {
  const names = [...repeated]
    .sort((a, b) => b.units.length - a.units.length)
    .map(({ units }) => `${unitLabel(texts[units[0]] ?? '', 18)} ×${units.length}`);
  const more = names.length > NAMED ? t(' and {0} more', names.length - NAMED) : '';
  return t(
    'These occur more than once in this prompt: {0}{1}. Taking one away leaves the others, so each alone looks weaker than it is.',
    inList(names.slice(0, NAMED)),
    more,
  );
}
