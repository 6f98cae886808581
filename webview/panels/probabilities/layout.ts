/**
 * The order of the Probabilities tab. Beside each other where there is room: the text first, as it stands in the editor. In a narrow panel
 * what comes next stands first, and the copy of the text is folded while the editor beside it shows the same text, until the user opens it.
 */
import { el } from '../../base/dom';
import { t } from '../../base/strings';

export interface ProbabilitiesParts {
  /** The tinted text with its controls, its legend and the inspector. */
  text: readonly HTMLElement[];
  /** What changed against a baseline; hidden without one. */
  against: HTMLElement;
  strip: HTMLElement;
  next: HTMLElement;
  sampling: HTMLElement;
  /** The sections that stand last in either order. */
  rest: readonly HTMLElement[];
}

/** px of the panel's content below which it counts as narrow. */
const NARROW = 700;

/** px; a panel of 300 has this much inside its margins. */
export const NARROWEST = 260;

export class ProbabilitiesLayout {
  readonly element = el('div', { class: 'probabilities' });
  private readonly text: HTMLDetailsElement;
  private readonly side = el('div', { class: 'cols side' });
  private readonly why = el('small', {});
  private narrow: boolean | null = null;
  /** What the user made of the fold; null while they have not touched it. */
  private opened: boolean | null = null;

  constructor(private readonly parts: ProbabilitiesParts) {
    const summary = el('summary', {}, el('h2', {}, t('Your text, tinted by surprise'), this.why));
    // The keyboard's Enter is a click as well; it comes before the fold moves.
    summary.addEventListener('click', () => {
      this.opened = !this.text.open;
    });
    this.text = el('details', { class: 'fold sec probabilities-text', open: true }, summary, ...parts.text);
    this.arrange(Number.POSITIVE_INFINITY, false);
  }

  /** `beside`: the active editor shows the same text. */
  arrange(width: number, beside: boolean): void {
    const narrow = width < NARROW;
    this.why.textContent = beside ? t('folded at first: the editor shows this text') : '';
    if (narrow === this.narrow) return;
    this.narrow = narrow;
    const { against, strip, next, sampling, rest } = this.parts;
    this.side.replaceChildren(next, sampling);
    const order = narrow ? [against, this.side, strip, this.text] : [this.text, against, strip, this.side];
    this.element.replaceChildren(...order, ...rest);
    // In a wide panel the text has no heading to open it by.
    this.text.open = !narrow || (this.opened ?? !beside);
  }
}
