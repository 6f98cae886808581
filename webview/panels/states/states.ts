/**
 * The panel's other states: empty, loading (with a recorded example), running, failed, stale. Each is a screen in place of the
 * view, or a banner above whatever the view can still show.
 */
import type { PanelAction, PanelState } from '../../../src/analysis/panel';
import type { Problem } from '../../../src/protocol/problem';
import type { ViewState } from '../../../src/protocol/view';
import { button, linkButton } from '../../base/controls';
import { el } from '../../base/dom';
import { duration, grouped } from '../../base/format';
import { icon } from '../../base/icons';
import { inProse, t } from '../../base/strings';
import type { View, ViewContext, ViewRemedy } from '../../base/view';
import { tokenText } from '../../charts/shared/tokenText';
import { EXAMPLE_MODEL, exampleData } from './example';
import { progressShare, progressWords } from './progress';
import { Remaining } from './remaining';
import { isOrdinary, isSettled, offered } from './remedies';

type AnyState = ViewState<unknown>;
/** The answers of the view that the states need. */
type Answers = Pick<View, 'running' | 'remedies'>;

/** A screen or banner; it is kept while its kind stays, so that a tick of progress does not take the focus off Cancel. */
export interface StatePart {
  key: string;
  element: HTMLElement;
  update(state: AnyState): void;
}

/**
 * The content that the view shows below it: nothing (the state fills the screen), its own form, a whole result, or a result with
 * gaps.
 */
export type Below = 'nothing' | 'form' | 'data' | 'partial';

/** A banner above a view that shows something, otherwise a screen instead of it; null if the view needs neither. */
export function statePart(view: Answers, state: AnyState, below: Below, context: ViewContext): StatePart | null {
  switch (state.kind) {
    case 'empty':
      return below === 'nothing' ? fixedPart('empty', emptyScreen(context)) : null;
    case 'loadingModel':
      return loadingPart(context, state, below);
    case 'running':
      return runningPart(view.running(), below, context, state);
    case 'failed':
      return failedPart(state.problem, view.remedies?.(state.problem) ?? [], below, context);
    case 'stale':
      return stalePart(context, state);
    default:
      return null;
  }
}

/** A stable name for the screen or banner that a state needs. */
export function stateKey(state: AnyState, below: Below): string {
  if (state.kind === 'failed') return `failed ${state.problem.code} ${state.problem.message} ${below}`;
  return `${state.kind} ${below}`;
}

function fixedPart(key: string, element: HTMLElement): StatePart {
  return { key, element, update() {} };
}

const action = (context: ViewContext, name: PanelAction) => () => context.action(name);

function emptyScreen(context: ViewContext): HTMLElement {
  return el(
    'section',
    { class: 'state' },
    el('h2', {}, t('No prompt file here')),
    el(
      'p',
      { class: 'm' },
      t(
        'The panel follows the active editor: .txt, .md, .prompt.md, .prompty, .prompt and chat .json files, and .csv tables of texts. For any other text, open the panel from its editor, or select a part and explain the selection.',
      ),
    ),
    el(
      'div',
      { class: 'state-actions' },
      button({ label: t('Open an Example'), kind: 'primary', icon: 'file', onClick: action(context, 'openExample') }),
      button({ label: t('Explain Selection'), onClick: action(context, 'explainSelection') }),
    ),
    el('p', { class: 's m' }, t('Nothing leaves this computer.')),
  );
}

function loadingPart(context: ViewContext, first: AnyState, below: Below): StatePart {
  const percent = el('span', { class: 'm num' });
  const words = el('div', { class: 'm s', role: 'status' });
  const { model } = context.state();
  const known = !model || model.name.startsWith(EXAMPLE_MODEL);
  const name = model?.name ?? EXAMPLE_MODEL;
  const example = known && below === 'nothing';
  const element = el(
    'section',
    { class: below === 'nothing' ? 'state' : 'banner' },
    el(
      'h2',
      {},
      t('Preparing {0}', name),
      example && el('span', { class: 'badge' }, t('recorded')),
      el('span', { class: 'sp' }),
      percent,
    ),
    words,
    example && recordedExample(context),
    el(
      'p',
      { class: 's m' },
      example
        ? t('Recorded with {0}. Your own text follows when it is ready.', EXAMPLE_MODEL)
        : t('Your text follows when it is ready. The first time takes longest.'),
    ),
  );
  const update = (state: AnyState) => {
    const share = progressShare(state);
    percent.textContent = share === null ? '' : `${Math.round(share * 100)} %`;
    words.textContent = progressWords(state);
  };
  update(first);
  return { key: '', element, update };
}

function recordedExample(context: ViewContext): HTMLElement {
  const data = exampleData();
  const box = el('div', { class: 'recorded' });
  tokenText(
    box,
    { ...data, exact: Number.POSITIVE_INFINITY },
    {
      theme: context.theme(),
      tint: 'surprisal',
      label: t('Recorded example, tokens tinted by surprisal'),
      locked: null,
      hover: null,
      describe: (position) => data.prompt.tokens[position].text,
      announce: context.announce,
      onHover() {},
      onLock() {},
    },
  );
  return box;
}

function runningPart(title: string, below: Below, context: ViewContext, first: AnyState): StatePart {
  const words = el('span', { class: 'm' });
  const left = el('span', { class: 'm num' });
  const element = el(
    'section',
    { class: below === 'nothing' ? 'state' : 'banner' },
    el(
      'div',
      { class: 'banner-row' },
      el('b', { class: 'strong' }, title),
      words,
      el('span', { class: 'sp' }),
      left,
      button({ label: t('Cancel'), icon: 'stop', onClick: action(context, 'cancel') }),
    ),
    el(
      'p',
      { class: 's m' },
      below === 'partial'
        ? t('Partial results; the rest will follow.')
        : below === 'data'
          ? t('The results of the run before are still shown.')
          : t('The first figures appear as soon as one pass through the model is complete.'),
    ),
  );
  const remaining = new Remaining();
  const update = (state: AnyState) => {
    words.textContent = progressWords(state);
    left.textContent = remaining.words(state);
  };
  update(first);
  return { key: '', element, update };
}

function failedPart(problem: Problem, own: ViewRemedy[], below: Below, context: ViewContext): StatePart {
  const actions = [...offered(problem, context), ...own].map(({ label, onChoose }, i) =>
    button({ label, kind: i ? 'secondary' : 'primary', onClick: onChoose }),
  );
  const calm = problem.code === 'cancelled' || isOrdinary(problem);
  const settled = isSettled(problem);
  const element = el(
    'section',
    { class: below === 'nothing' ? 'state' : 'banner', role: 'alert' },
    el(
      'div',
      { class: 'with-icon' },
      el('span', { class: calm ? 'm' : 'error' }, icon(calm ? 'info' : 'error')),
      el(
        'div',
        {},
        el('b', { class: 'strong' }, problem.message),
        el('p', { class: 'm' }, inProse([problem.remedy, whatRemains(below, settled)])),
        el(
          'div',
          { class: 'state-actions' },
          ...actions,
          !settled && button({ label: t('Show Log'), onClick: action(context, 'showLog') }),
        ),
      ),
    ),
  );
  return fixedPart('', element);
}

function whatRemains(below: Below, settled: boolean): string {
  switch (below) {
    case 'partial':
      return t('The results shown are partial: these figures were known when the run ended.');
    case 'data':
      return t('The results of the last complete run are still shown.');
    default:
      return settled ? '' : t('The editor is not affected.');
  }
}

function stalePart(context: ViewContext, first: AnyState): StatePart {
  const words = el('span', { class: 'm s' });
  const { live } = context.state();
  const element = el(
    'section',
    { class: 'banner' },
    el(
      'div',
      { class: 'banner-row' },
      el('span', { class: 'badge' }, icon('history'), t('results before your edit')),
      words,
      el('span', { class: 'sp' }),
      button({ label: t('Run'), kind: 'primary', icon: 'refresh', onClick: action(context, 'run') }),
    ),
    !live &&
      el(
        'p',
        { class: 's m' },
        t('Live updates are off, so nothing runs while you type.'),
        ' ',
        linkButton(t('Turn On'), action(context, 'toggleLive')),
      ),
  );
  const update = (state: AnyState) => {
    if (state.kind !== 'stale') return;
    words.textContent =
      state.exactTokens > 0
        ? t('tokens 1–{0} are still exact', grouped(state.exactTokens))
        : t('no token is exact any more');
  };
  update(first);
  return { key: '', element, update };
}

/** The word for the state at the end of the footer. */
export function stateWord(state: AnyState | null, panel: PanelState): string {
  switch (state?.kind) {
    case 'loadingModel':
      return t('preparing');
    case 'running':
      return t('running');
    case 'failed':
      if (state.problem.code === 'cancelled') return t('cancelled');
      return isOrdinary(state.problem) ? t('not for this text') : t('failed');
    case 'stale':
      return t('results before your edit');
    case 'ready':
      return duration(state.runMs);
    default:
      if (!panel.runtime) return t('not loaded yet');
      return panel.title === null ? t('waiting for a prompt') : t('nothing computed yet');
  }
}
