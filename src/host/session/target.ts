/**
 * The target of a session: the text that is explained, and the place of its words. A span follows its words through every edit; when an
 * edit changes them, the span is given up and the user is told.
 */

import type { Analysis } from '../../analysis/contracts';
import type { TargetSpec } from '../../analysis/shared/contract';
import type { Prompt, Range } from '../../protocol/model';
import { Places } from './places';
import type { PromptSource } from './promptSource';
import type { ShownState } from './shownState';
import { type TextChange, textChange } from './textChange';

export class Target {
  private readonly places = new Places();

  constructor(
    private readonly shown: ShownState,
    private readonly onLost: () => void,
  ) {}

  /** True while the span's positions belong to an older text. */
  get moved(): boolean {
    return this.places.moved;
  }

  /** Ranges of the file that are units when the unit is "selection". */
  get units(): readonly Range[] {
    return this.places.units;
  }

  set units(ranges: readonly Range[]) {
    this.places.units = ranges;
  }

  /** A span counts in the tokens of `prompt`, which is the current text's. */
  set(target: TargetSpec, prompt?: Prompt): void {
    this.shown.push({ intent: { ...this.shown.now.intent, target } });
    if (target.span && prompt) this.places.hold(prompt, target.span, null);
    else this.places.letGo();
  }

  /** Handles a changed intent. A page counts in the tokens that it shows, perhaps of an older text. */
  changed(before: TargetSpec, order: readonly Analysis[], source: PromptSource | null): void {
    const { span } = this.shown.now.intent.target;
    if (!span) this.places.letGo();
    else if (span[0] !== before.span?.[0] || span[1] !== before.span[1]) {
      const counted = this.shown.prompt(order);
      if (!counted || !source) this.places.letGo();
      else if (!this.places.hold(counted.prompt, span, textChange(counted.text, source.text))) this.drop();
    }
  }

  /** Handles a result for the current text: a span that came with the intent counts in its tokens. */
  seen(prompt: Prompt): void {
    const { span } = this.shown.now.intent.target;
    if (span && !this.places.holding) this.places.hold(prompt, span, null);
  }

  edited(change: TextChange): void {
    const held = this.places.edited(change);
    if (this.shown.now.intent.target.span && !held) this.drop();
  }

  /** Other values of the file's variables move the tokens, but no place in the file. */
  refilled(): void {
    this.places.refilled();
  }

  /** `prompt` is the current text's. */
  follow(prompt: Prompt): void {
    const { intent } = this.shown.now;
    const span = this.places.find(prompt);
    if (span) this.shown.push({ intent: { ...intent, target: { ...intent.target, span } } });
    else this.drop();
  }

  /** Handles the change to another prompt: nothing that pointed into the previous one is kept. */
  leave(): void {
    this.places.letGo();
    this.places.units = [];
  }

  private drop(): void {
    this.places.letGo();
    this.shown.push({ intent: { ...this.shown.now.intent, target: {} } });
    this.onLost();
  }
}
