/** What a screen reader says when a token or a head is locked or unlocked. Pure. */
import type { Prompt } from '../../../src/protocol/model';
import type { Selection } from '../../../src/protocol/view';
import { visible } from '../../base/format';
import { glyphIndex, glyphs } from '../../base/glyphs';
import { t } from '../../base/strings';

export function lockWords(locked: number | null, prompt: Prompt | null): string {
  if (locked === null) return t('Unlocked');
  if (!prompt || locked >= prompt.tokens.length) return '';
  const all = glyphs(prompt);
  return t('Locked: token {0}, {1}', locked + 1, visible(all[glyphIndex(all, locked)].text));
}

type Head = Pick<Selection, 'layer' | 'head'>;

/** '' where no head is concerned, as when only a block is chosen. */
export function headLockWords(now: Head, before: Head): string {
  if (now.layer === before.layer && now.head === before.head) return '';
  if (now.layer === null || now.head === null) return before.head === null ? '' : t('Unlocked');
  return t('Locked: {0}', t('block {0}, head {1}', now.layer, now.head));
}
