/** The reader of each format. Loaded with the first prompt, since the readers include YAML. */
import type { PromptInput } from '../protocol/model';
import { chatJsonPrompt } from './chatJson';
import { customMdPrompt } from './customMd';
import { dotpromptPrompt } from './dotprompt';
import type { PromptKind } from './formats';
import { jsonLinesPrompt } from './jsonLines';
import { promptMdPrompt } from './promptMd';
import { promptyPrompt } from './prompty';
import { rawPrompt } from './rawText';
import type { Source } from './source';

/** A format of the table without a reader does not compile. */
export const readers: Record<PromptKind, (source: Source) => PromptInput> = {
  raw: rawPrompt,
  promptMd: promptMdPrompt,
  customMd: customMdPrompt,
  prompty: promptyPrompt,
  dotprompt: dotpromptPrompt,
  chatJson: chatJsonPrompt,
  jsonLines: jsonLinesPrompt,
};
