/**
 * Keeps a session and the memory of its prompts in step: every choice, baseline and lock is remembered when it is made, and comes back with
 * its prompt.
 */
import { createHash } from 'node:crypto';
import type { Intent, PanelState } from '../../analysis/panel';
import type { FileMemory, Remembered } from './fileMemory';
import { nothingSelected } from './panelDefaults';
import { choicesOf, noChoices, withChoices } from './promptChoices';
import type { PromptSource } from './promptSource';
import type { ShownState } from './shownState';

export class KeptForPrompt {
  constructor(
    private readonly memory: FileMemory,
    private readonly shown: ShownState,
    private readonly source: () => PromptSource | null,
  ) {
    shown.onDidChange((changes) => {
      const id = this.source()?.id;
      if (id === undefined) return;
      if (changes.intent) memory.keep(id, { choices: choicesOf(this.shown.now.intent) });
      if (changes.selection || changes.text !== undefined) this.locked(id);
      if (changes.model) this.modelChanged(id);
    });
  }

  /**
   * What is remembered of a prompt that comes under the lens. `instead`: it replaces another prompt, whose choices end here; a session that
   * showed nothing keeps the choices that it was made with.
   */
  arrive(source: PromptSource | null, instead: boolean): Pick<PanelState, 'intent' | 'baseline' | 'selection'> {
    const { intent, model } = this.shown.now;
    const { choices, baseline, locked } = source ? this.memory.of(source.id) : nothingKept;
    const again = locked !== null && locked.digest === digestOf(source?.text ?? '');
    const fits = baseline !== null && (model === null || model.sha256 === baseline.model);
    return {
      intent: instead || choseNothing(intent) ? withChoices(intent, choices) : intent,
      baseline: fits ? baseline : null,
      selection: again ? { ...nothingSelected, locked: locked.position } : nothingSelected,
    };
  }

  /** A null baseline is forgotten. */
  pinned(baseline: PanelState['baseline']): void {
    const id = this.source()?.id;
    if (id !== undefined) this.memory.keep(id, { baseline });
    this.shown.push({ baseline });
  }

  /** Another model was loaded: only a baseline of this model is shown. */
  private modelChanged(id: string): void {
    const { baseline, model } = this.shown.now;
    const own = this.memory.of(id).baseline;
    const fitting = own && model?.sha256 === own.model ? own : null;
    if (fitting !== baseline) this.shown.push({ baseline: fitting });
  }

  private locked(id: string): void {
    const { locked } = this.shown.now.selection;
    const { text } = this.source() ?? {};
    if (text === undefined) return;
    const before = this.memory.of(id).locked;
    if (locked === null ? before === null : before?.position === locked && before.digest === digestOf(text)) return;
    this.memory.keep(id, { locked: locked === null ? null : { position: locked, digest: digestOf(text) } });
  }
}

const nothingKept: Remembered = { choices: noChoices, baseline: null, locked: null, continuations: null };

function choseNothing(intent: Intent): boolean {
  return JSON.stringify(choicesOf(intent)) === JSON.stringify(noChoices);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
