/** The common part of sections around a chart: each is drawn once it has a width, and again when its width or content changes. */
import type { ViewContext } from '../base/view';

export interface Sized<Shown> {
  /** The content handed in last. */
  shown(): Shown | null;
  update(next: Shown): void;
  redraw(): void;
  stop(): void;
}

/** `draw` gets the width of `holder` in px, never 0. */
export function sized<Shown>(
  context: ViewContext,
  holder: HTMLElement,
  draw: (shown: Shown, width: number) => void,
): Sized<Shown> {
  let shown: Shown | null = null;
  let width = 0;
  const redraw = () => {
    if (shown !== null && width > 0) draw(shown, width);
  };
  const stop = context.onWidth(holder, (value) => {
    width = value;
    redraw();
  });
  return {
    shown: () => shown,
    update(next) {
      shown = next;
      redraw();
    },
    redraw,
    stop,
  };
}
