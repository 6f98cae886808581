/**
 * The line that names the file whose text is shown, at the same place on every tab: how the file is read, whether another editor
 * is the active one, and whether the numbers belong to an older text or choice.
 */
import type { PanelAction, PanelState } from '../../../src/analysis/panel';
import { linkButton } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { icon } from '../../base/icons';
import { t } from '../../base/strings';
import type { ViewKey } from '../../base/view';

export interface FileLine {
  element: HTMLElement;
  /** `key`: the facts that the tab in front draws. */
  update(state: Pick<PanelState, 'file' | 'elsewhere' | 'outdated' | 'recorded'>, key: ViewKey): void;
}

/** `Recorded on 30 Nov 2026, 20:31`, and whether the text beside the run has changed since. */
function recordedWords({ saved, moved }: NonNullable<PanelState['recorded']>): string {
  const language = document.documentElement.lang || 'en';
  const when = new Date(saved).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
  return moved ? t('Recorded on {0}; the text has changed since', when) : t('Recorded on {0}', when);
}

export function fileLine(action: (name: PanelAction) => void): FileLine {
  const name = el('button', { type: 'button', class: 'file-name', on: { click: () => action('goToFile') } });
  const folder = el('span', { class: 'file-folder m' });
  const reading = el('span', { class: 'file-reading m' });
  const none = el('span', { class: 'm' }, t('No text shown'));
  const outdated = el('span', { class: 'badge file-outdated' });
  const recorded = el('span', { class: 'badge file-recorded', role: 'status' });
  const elsewhere = el('span', { class: 'file-elsewhere' });
  const element = el(
    'div',
    { class: 'file', role: 'region', 'aria-label': t('Shown file') },
    icon('file'),
    name,
    none,
    folder,
    reading,
    el('span', { class: 'sp' }),
    recorded,
    outdated,
    elsewhere,
  );
  let drawn = '';
  return {
    element,
    update(state, key) {
      const { file } = state;
      const why = state.outdated[key] ?? null;
      const said = JSON.stringify([file, state.elsewhere, why, state.recorded]);
      // An unchanged line is kept, so that it does not lose the focus.
      if (said === drawn) return;
      drawn = said;
      none.hidden = file !== null;
      for (const part of [name, folder, reading]) part.hidden = file === null;
      name.textContent = file?.name ?? '';
      name.title = file ? t('Go to {0}', file.folder === '' ? file.name : `${file.folder}/${file.name}`) : '';
      folder.textContent = file?.folder ?? '';
      reading.textContent = file?.reading ?? '';
      const record = state.recorded ? recordedWords(state.recorded) : null;
      recorded.hidden = record === null;
      recorded.title = record ?? '';
      if (record !== null) fill(recorded, icon('history'), el('span', {}, record));
      outdated.hidden = why === null;
      if (why) {
        const words = why === 'text' ? t('results before your edit') : t('before your last choice');
        outdated.title = words;
        // The screen reader still has the words where they do not fit.
        fill(outdated, icon('history'), el('span', { class: 'file-words' }, words));
      }
      elsewhere.hidden = state.elsewhere === null;
      if (state.elsewhere) fill(elsewhere, ...otherEditor(state.elsewhere, action));
    },
  };
}

function otherEditor(
  { name, showable }: NonNullable<PanelState['elsewhere']>,
  action: (name: PanelAction) => void,
): HTMLElement[] {
  const words = el('span', { class: 'badge', title: t('The active editor shows {0}', name) });
  words.append(icon('info'), t('not the active editor'));
  if (!showable) return [words];
  const turn = linkButton(t('Show {0}', name), () => action('openPanel'));
  turn.title = t('Shows {0} in the panel instead', name);
  return [words, turn];
}
