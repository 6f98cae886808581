/** Sentences about the end of a prompt. Pure. */
import type { Prompt } from '../../src/protocol/model';
import { finalSpace } from '../../src/protocol/promptEnd';
import { running } from '../base/format';
import { t } from '../base/strings';

/** The sentences, the one about the target first. */
export function noticeTexts(prompt: Prompt, taken: string | null): string[] {
  const space = finalSpace(prompt);
  return [
    ...(taken === null
      ? []
      : [
          t(
            'The prompt’s last characters “{0}” were scored with the target. What stands there scores 0.',
            running(taken),
          ),
        ]),
    ...(space === 'lineBreak'
      ? [t('The text ends in a line break. Delete it if the answer belongs on the same line.')]
      : []),
    ...(space === 'space'
      ? [t('The text ends in a space, which belongs to the word that follows. Delete it for the usual next words.')]
      : []),
  ];
}
