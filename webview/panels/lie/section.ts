/** A section of the Lie Detector tab, which shows one at a time. Types only. */
import type { PanelState } from '../../../src/analysis/panel';
import type { TableTwin } from '../../base/a11y';
import type { ViewExports } from '../../base/view';

export interface LieSection {
  element: HTMLElement;
  about(): { shows: string; cannotTell: string };
  /** Called with or without data to draw. */
  update(state: PanelState): void;
  destroy(): void;
  chips(): HTMLElement[];
  key(event: KeyboardEvent): boolean;
  /** Handles Esc; false if nothing was chosen. */
  unlock(): boolean;
  tables(): TableTwin[];
  exports(): ViewExports;
}
