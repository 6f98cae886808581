/** What a screen reader says when a token is locked or unlocked. Pure. */
import type { Prompt } from '../../../src/protocol/model';
import { visible } from '../../base/format';
import { glyphIndex, glyphs } from '../../base/glyphs';
import { t } from '../../base/strings';

export function lockWords(locked: number | null, prompt: Prompt | null): string {
  if (locked === null) return t('Unlocked');
  if (!prompt || locked >= prompt.tokens.length) return '';
  const all = glyphs(prompt);
  return t('Locked: token {0}, {1}', locked + 1, visible(all[glyphIndex(all, locked)].text));
}
