/** A part of the Lie Detector tab, one of which is shown. Types only. */
import type { PanelState } from '../../../src/analysis/panel';
import type { TableTwin } from '../../base/a11y';
import type { ViewExports } from '../../base/view';

export interface LieSection {
  element: HTMLElement;
  about(): { shows: string; cannotTell: string };
  /** With or without data to draw. */
  update(state: PanelState): void;
  destroy(): void;
  chips(): HTMLElement[];
  key(event: KeyboardEvent): boolean;
  /** Esc; false when nothing was chosen. */
  unlock(): boolean;
  tables(): TableTwin[];
  exports(): ViewExports;
}
