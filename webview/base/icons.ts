/** Icons from media/icons (Codicons), drawn in the text colour. */
import check from '../../media/icons/check.svg';
import down from '../../media/icons/chevron-down.svg';
import right from '../../media/icons/chevron-right.svg';
import close from '../../media/icons/close.svg';
import stop from '../../media/icons/debug-stop.svg';
import more from '../../media/icons/ellipsis.svg';
import error from '../../media/icons/error.svg';
import exported from '../../media/icons/export.svg';
import file from '../../media/icons/file.svg';
import history from '../../media/icons/history.svg';
import info from '../../media/icons/info.svg';
import external from '../../media/icons/link-external.svg';
import lock from '../../media/icons/lock.svg';
import pinned from '../../media/icons/pinned.svg';
import play from '../../media/icons/play.svg';
import refresh from '../../media/icons/refresh.svg';
import telescope from '../../media/icons/telescope.svg';
import warning from '../../media/icons/warning.svg';
import { el } from './dom';

const icons = {
  check,
  close,
  down,
  error,
  export: exported,
  external,
  file,
  history,
  info,
  lock,
  more,
  pinned,
  play,
  refresh,
  right,
  stop,
  telescope,
  warning,
};

export type IconName = keyof typeof icons;

/** The icon is decorative: the control around it carries the name. */
export function icon(name: IconName, slot?: string): HTMLElement {
  const drawing = new DOMParser().parseFromString(icons[name], 'image/svg+xml').documentElement;
  return el('i', { class: 'ico', 'aria-hidden': 'true', slot }, drawing);
}
