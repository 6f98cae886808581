/** A section of the Layers tab, which shows one at a time: it draws itself from the whole state. Types only. */
import type { PanelState } from '../../../src/analysis/panel';
import type { TableTwin } from '../../base/a11y';
import type { ViewExports } from '../../base/view';

export interface LayersSection {
  element: HTMLElement;
  /** Controls beside the switch of sections; null for none. */
  controls: HTMLElement | null;
  about: { shows: string; cannotTell: string };
  /** Called with or without data to draw. */
  update(state: PanelState): void;
  destroy(): void;
  chips(): HTMLElement[];
  key(event: KeyboardEvent): boolean;
  table(): TableTwin;
  moreTables(): TableTwin[];
  exports(): ViewExports;
}
