/** A patching map as a standalone drawing, with captions under it that say what it shows. */
import { svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';

const LEAST_WIDTH = 480;
const LINE = 16;
/** Mean advance of the 11 px caption font. */
const CHARACTER = 5.8;

/** `captions` are wrapped to the drawing's width. */
export function patchMapSvg(drawing: SVGSVGElement, theme: Theme, captions: readonly string[]): SVGSVGElement {
  const width = Math.max(LEAST_WIDTH, Number(drawing.getAttribute('width')));
  const height = Number(drawing.getAttribute('height'));
  const lines = captions.flatMap((caption) => broken(caption, Math.floor(width / CHARACTER)));
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  for (const name of ['tabindex', 'role', 'class', 'aria-label']) copy.removeAttribute(name);
  return svgEl(
    'svg',
    { width, height: height + 12 + lines.length * LINE },
    copy,
    ...lines.map((line, i) => svgEl('text', { x: 0, y: height + 20 + i * LINE, style: { fill: theme.muted } }, line)),
  );
}

/** Lines of at most `most` characters, broken at spaces. */
export function broken(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
