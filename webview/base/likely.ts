/** The characters that a piece of a character most likely begins, as the page tells them. */
import { type Begun, isPiece } from '../../src/protocol/pieces';
import { probability, visible } from './format';
import { t } from './strings';

/** `你?`; null for a whole token, and where nothing was computed. */
export function likelyWords(token: Begun): string | null {
  const [likeliest] = token.likely ?? [];
  return likeliest && isPiece(token) ? `${visible(likeliest.text.trim())}?` : null;
}

/** The sentence that says how they were found. */
export function likelyTitle({ likely = [] }: Begun): string {
  const told = likely.map(({ text, logprob }) => `${visible(text.trim())} ${probability(Math.exp(logprob))}`);
  return t('Bytes that begin a character. Letting the model go on, it most likely becomes: {0}', told.join(' · '));
}
