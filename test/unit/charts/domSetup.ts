/** A theme with plain colours, and a small prompt with a line end, an emoji and a template, shared by all chart tests. */
import type { Prompt, Token } from '../../../src/protocol/model';
import { ramp, type Theme } from '../../../webview/base/theme';

export const theme: Theme = {
  kind: 'dark',
  highContrast: false,
  background: 'rgb(0, 0, 0)',
  foreground: 'rgb(255, 255, 255)',
  muted: 'rgb(190, 190, 190)',
  dim: 'rgb(180, 180, 180)',
  faint: 'rgb(90, 90, 90)',
  track: 'rgb(20, 20, 20)',
  band: 'rgba(255, 255, 255, 0.13)',
  rule: 'rgb(40, 40, 40)',
  focus: 'rgb(0, 120, 212)',
  positive: 'rgb(50, 150, 255)',
  negative: 'rgb(210, 130, 20)',
  positiveTint: 'rgb(20, 60, 110)',
  negativeTint: 'rgb(90, 60, 10)',
  purple: 'rgb(180, 130, 215)',
  green: 'rgb(140, 210, 130)',
  error: 'rgb(250, 80, 70)',
  seq: ramp(['rgb(0, 0, 0)', 'rgb(0, 0, 255)']),
  seqStops: ['rgb(0, 0, 0)', 'rgb(0, 0, 255)'],
  heat: ramp(['rgb(0, 0, 0)', 'rgb(255, 0, 0)']),
  heatStops: ['rgb(0, 0, 0)', 'rgb(255, 0, 0)'],
  fonts: { text: 'sans-serif', token: 'monospace' },
};

/** Pieces in order; a piece given as bytes shares a character with its neighbours. */
export function promptOf(
  pieces: readonly (string | { part: string; of: string; last?: boolean })[],
  own = true,
): Prompt {
  let rendered = '';
  const tokens: Token[] = [];
  for (const [id, piece] of pieces.entries()) {
    const text = typeof piece === 'string' ? piece : '\ufffd';
    const whole = typeof piece === 'string' ? piece : piece.of;
    const start = rendered.length;
    const end = start + whole.length;
    if (typeof piece === 'string' || piece.last) rendered += whole;
    const bytes = typeof piece === 'string' ? '' : piece.part;
    tokens.push({ id, text, bytes, start, end, source: own ? [start, end] : null, special: false, role: null });
  }
  return { file: null, rendered, tokens };
}

/** `A`, `🎉` over three tokens, a line end, ` dull`. */
export const emojiPrompt = promptOf([
  'A',
  { part: 'f09f', of: '🎉' },
  { part: '8e', of: '🎉' },
  { part: '89', of: '🎉', last: true },
  '\n',
  ' dull',
]);

export function press(element: Element, key: string, init: KeyboardEventInit = {}): void {
  element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }));
}
