/** The interfaces of the parts that a tab is made of. Types only. */
import type { PanelState } from '../../src/analysis/panel';
import type { TableTwin } from '../base/a11y';
import type { Lead, ViewExports } from '../base/view';

/** A part of a tab that draws itself from whatever the tab hands in. */
export interface Section<Shown> {
  readonly element: HTMLElement;
  update(shown: Shown): void;
  destroy(): void;
}

/** A section that fills its tab, which shows one of several at a time; called with or without data to draw. */
export interface MainSection extends Section<PanelState> {
  /** Controls beside the switch of sections. */
  readonly controls?: HTMLElement;
  about(): { shows: string; cannotTell: string };
  lead(): Lead;
  /** The title shown while its facts are computed. */
  running(): string;
  chips(): HTMLElement[];
  key(event: KeyboardEvent): boolean;
  /** Handles Esc. */
  unlock?(): void;
  /** The twins of its charts, the main one first. */
  tables(): TableTwin[];
  exports(): ViewExports;
}
