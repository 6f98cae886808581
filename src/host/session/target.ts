/**
 * The target of a session: what the explanations explain, and where its words stand. A span follows its words through every edit
 * and is given up with a word about it when an edit goes through them. Used by session/lensSession.ts alone.
 */
import type { Prompt, Range } from '../../protocol/model';
import type { TargetSpec } from '../../protocol/results';
import { Places } from './places';
import type { PromptSource } from './promptSource';
import type { Analysis } from './sessionParts';
import type { ShownState } from './shownState';
import { type TextChange, textChange } from './textChange';

export class Target {
  private readonly places = new Places();

  constructor(
    private readonly shown: ShownState,
    private readonly onLost: () => void,
  ) {}

  /** True while the span's positions are those of an older text. */
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

  /** A span counts in the tokens of `prompt`, which is the present text's. */
  set(target: TargetSpec, prompt?: Prompt): void {
    this.shown.push({ intent: { ...this.shown.now.intent, target } });
    if (target.span && prompt) this.places.hold(prompt, target.span, null);
    else this.places.letGo();
  }

  /** The intent is another one now. A page counts in the tokens that it shows, perhaps of an older text. */
  changed(before: TargetSpec, order: readonly Analysis[], source: PromptSource | null): void {
    const { span } = this.shown.now.intent.target;
    if (!span) this.places.letGo();
    else if (span[0] !== before.span?.[0] || span[1] !== before.span[1]) {
      const counted = this.shown.prompt(order);
      if (!counted || !source) this.places.letGo();
      else if (!this.places.hold(counted.prompt, span, textChange(counted.text, source.text))) this.drop();
    }
  }

  /** A result for the present text: a span that came with the intent counts in its tokens. */
  seen(prompt: Prompt): void {
    const { span } = this.shown.now.intent.target;
    if (span && !this.places.holding) this.places.hold(prompt, span, null);
  }

  edited(change: TextChange): void {
    const held = this.places.edited(change);
    if (this.shown.now.intent.target.span && !held) this.drop();
  }

  /** `prompt` is the present text's. */
  follow(prompt: Prompt): void {
    const { intent } = this.shown.now;
    const span = this.places.find(prompt);
    if (span) this.shown.push({ intent: { ...intent, target: { ...intent.target, span } } });
    else this.drop();
  }

  /** Another prompt is looked at: what pointed into the one before, or was a version of it, goes with it. */
  forget(): void {
    this.places.letGo();
    this.places.units = [];
    const { intent } = this.shown.now;
    const { target, patching } = intent;
    if (!target.span && patching.from === null) return;
    const kept = { target: target.span ? {} : target, patching: { ...patching, from: null } };
    this.shown.push({ intent: { ...intent, ...kept } });
  }

  private drop(): void {
    this.places.letGo();
    this.shown.push({ intent: { ...this.shown.now.intent, target: {} } });
    this.onLost();
  }
}
