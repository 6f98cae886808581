/** Which commands help against which problem, and whether the log would say more than the sentence does. Pure. For the states. */

import type { PanelAction } from '../../src/analysis/panel';
import type { SaliencyIntent } from '../../src/analysis/saliency/contract';
import type { Problem, ProblemCode } from '../../src/protocol/problem';
import { t } from '../base/strings';

export interface Remedy {
  label: string;
  action: PanelAction;
}

/** What was asked has no answer on this text: asking again, another engine and the log would say the same. */
const settled: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'cancelled',
  'targetEmpty',
  'choiceEmpty',
  'noUnits',
  'noSlots',
  'noSelection',
  'noExamples',
  'noPoints',
  'noStatements',
  'patternInvalid',
  'patternSlow',
  'nothingLeft',
  'nothingToRecover',
  'nothingBefore',
  'nothingSelected',
  'lengthsDiffer',
  'templateWithoutSlot',
  'tableMalformed',
  'tableNotPrompt',
  'columnMissing',
  'needsTable',
  'oneClass',
  'tooFewRows',
  'notNumbers',
  'notTruthValue',
  'emptyPrompt',
  'promptMalformed',
  'outOfRange',
]);

/** Nothing is wrong: the text is another kind of text than the question is for. */
const ordinary: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'noUnits',
  'noSlots',
  'noSelection',
  'noExamples',
  'noPoints',
  'noStatements',
  'tableNotPrompt',
  'needsTable',
  'emptyPrompt',
  'nothingBefore',
  'nothingSelected',
  'nothingLeft',
  'nothingToRecover',
]);

export function isOrdinary({ code }: Pick<Problem, 'code'>): boolean {
  return ordinary.has(code);
}

export function isSettled({ code }: Pick<Problem, 'code'>): boolean {
  return settled.has(code);
}

/** The first one is the likeliest to help. */
export function remedies({ code }: Pick<Problem, 'code'>): Remedy[] {
  const again: Remedy = { label: t('Run Again'), action: 'run' };
  const restart: Remedy = { label: t('Restart the Engine'), action: 'restartEngine' };
  const choose: Remedy = { label: t('Choose a Model'), action: 'chooseModel' };
  const settings: Remedy = { label: t('Open Settings'), action: 'openSettings' };
  const select: Remedy = { label: t('Explain Selection'), action: 'explainSelection' };
  switch (code) {
    case 'engineGone':
    case 'engineKilled':
      return [restart];
    case 'engineCannotStart':
      return [];
    case 'outOfMemory':
    case 'promptTooLong':
    case 'textTooLarge':
      return [select, again];
    case 'modelMissing':
    case 'modelMalformed':
    case 'modelUnsupported':
    case 'modelTooLarge':
    case 'weightsNotNumbers':
    case 'noTemplate':
      return [choose, settings];
    case 'providerUnavailable':
    case 'cacheNotWritable':
    case 'cacheLimited':
    case 'cacheDiskFull':
      return [settings, again];
    case 'emptyPrompt':
    case 'noPrompt':
    case 'promptClosed':
    case 'noExamples':
      return [{ label: t('Open an Example'), action: 'openExample' }];
    case 'promptMalformed':
      return [{ label: t('Show as Plain Text'), action: 'showAsText' }, select];
    case 'tableNotPrompt':
      return [
        { label: t('Show Embeddings'), action: 'showEmbeddings' },
        { label: t('Train a Probe'), action: 'trainProbe' },
        select,
      ];
    case 'probeOtherModel':
    case 'probeMalformed':
    case 'probeMissing':
      return [
        { label: t('Choose a Probe'), action: 'chooseProbe' },
        { label: t('Train a Probe'), action: 'trainProbe' },
        choose,
      ];
    case 'targetEmpty':
    case 'nothingToRecover':
      return [{ label: t('Choose a target'), action: 'askTarget' }];
    case 'noSelection':
    case 'cancelled':
      return [again];
    default:
      return isSettled({ code }) ? [] : [again, restart];
  }
}

/** Of what a unit of the prompt refused to give: the words always give something, and so does another text in the one word's place. */
export function unitRemedy(
  { code }: Pick<Problem, 'code'>,
  { by }: Pick<SaliencyIntent, 'by'>,
): { label: string; change: Partial<SaliencyIntent> } | null {
  switch (code) {
    case 'noUnits':
    case 'noSlots':
    case 'noSelection':
    case 'patternInvalid':
    case 'patternSlow':
    case 'nothingLeft':
      if (by !== 'word') return { label: t('Explain by Word'), change: { by: 'word' } };
      return code === 'nothingLeft' ? { label: t('Replace Instead'), change: { operator: 'replace' } } : null;
    default:
      return null;
  }
}
