/** Sentences about the end of a prompt. Pure. */
import type { Prompt } from '../../src/protocol/model';
import { finalSpace } from '../../src/protocol/promptEnd';
import { running } from '../base/format';
import { t } from '../base/strings';

/** About the end of the prompt that is scored with the target. */
export function takenText(taken: string): string {
  return t(
    'The prompt’s last characters “{0}” were scored with the target. The part that stands there scores 0.',
    running(taken),
  );
}

/** About the white space that ends the prompt, with what to do; null where there is none. */
export function finalSpaceText(prompt: Prompt): string | null {
  switch (finalSpace(prompt)) {
    case 'lineBreak':
      return t('The text ends in a line break. Delete it if the answer belongs on the same line.');
    case 'space':
      return t('The text ends in a space, which belongs to the word that follows. Delete it for the usual next words.');
    case null:
      return null;
  }
}
