/** The progress of a repetition, or why it stopped: a line above the known result, with the possible actions. */
import type { RepeatData } from '../../../src/analysis/repeat/contract';
import type { ViewState } from '../../../src/protocol/view';
import { button } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { icon } from '../../base/icons';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { progressWords } from '../states/progress';
import { Remaining } from '../states/remaining';
import { isOrdinary, offered } from '../states/remedies';

export interface RepeatStateLine {
  element: HTMLElement;
  update(state: ViewState<RepeatData>): void;
}

export function repeatStateLine(context: ViewContext): RepeatStateLine {
  const element = el('div', { class: 'repeat-state no-export' });
  const words = el('span', { class: 'm' });
  const left = el('span', { class: 'm num' });
  const title = el('b', { class: 'strong' }, t('Computing the continuation again in each way'));
  const cancel = button({ label: t('Cancel'), icon: 'stop', onClick: () => context.action('cancel') });
  const running = el('div', { class: 'banner-row' }, title, words, el('span', { class: 'sp' }), left, cancel);
  let kind = '';

  function failed({ problem }: ViewState<RepeatData> & { kind: 'failed' }): HTMLElement {
    const calm = problem.code === 'cancelled' || isOrdinary(problem);
    const actions = offered(problem, context).map(({ label, onChoose }) => button({ label, onClick: onChoose }));
    return el(
      'div',
      { class: 'banner-row', role: 'alert' },
      el('span', { class: calm ? 'm' : 'error' }, icon(calm ? 'info' : 'error')),
      el('span', {}, problem.message, ' ', el('span', { class: 'm' }, problem.remedy)),
      el('span', { class: 'sp' }),
      ...actions,
    );
  }

  function content(state: ViewState<RepeatData>): HTMLElement | null {
    switch (state.kind) {
      case 'running':
      case 'loadingModel':
        return running;
      case 'failed':
        return failed(state);
      case 'stale':
        return el(
          'div',
          { class: 'banner-row' },
          el('span', { class: 'badge' }, icon('history'), t('results before your edit')),
          el('span', { class: 'sp' }),
          button({ label: t('Run'), icon: 'refresh', onClick: () => context.action('run') }),
        );
      case 'empty':
        return el('p', { class: 'm s' }, t('nothing computed yet'));
      case 'ready':
        return null;
    }
  }

  const remaining = new Remaining();
  return {
    element,
    update(state) {
      const busy = state.kind === 'running' || state.kind === 'loadingModel';
      words.textContent = progressWords(state);
      left.textContent = remaining.words(state);
      // A tick of progress must not take the focus off Cancel.
      const next = busy ? 'busy' : JSON.stringify([state.kind, state.kind === 'failed' && state.problem]);
      if (next === kind) return;
      kind = next;
      fill(element, content(state));
    },
  };
}
