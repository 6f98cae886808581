/**
 * The tools as `contributes.languageModelTools` of the manifest has them: `node scripts/editorTools.mjs` writes it, and a unit test
 * compares. Texts for people are keys of package.nls.json; texts for a model are English.
 */
import type { InputSchema } from './parameterSchema';
import { allTools } from './toolSet';

export interface EditorTool {
  name: string;
  toolReferenceName: string;
  displayName: string;
  userDescription: string;
  modelDescription: string;
  icon: string;
  tags: string[];
  canBeReferencedInPrompt: true;
  inputSchema: InputSchema;
}

/** The beginning of every tool's name in the editor. */
const editorPrefix = 'promptLens_';

const context =
  'Prompt Lens runs a small language model on this machine, on a text of the user. Probabilities are numbers from 0 to 1; positions and ' +
  'ranks count from 1, blocks, layers and heads from 0; in tables · is a space and ⏎ a line end.';

export function editorManifest(): EditorTool[] {
  return allTools().map(({ name, description, inputSchema }) => ({
    name: `${editorPrefix}${name}`,
    toolReferenceName: `promptLens-${name.replace(/_/g, '-')}`,
    displayName: `%${nameKey(name)}%`,
    userDescription: `%${descriptionKey(name)}%`,
    modelDescription: `${description} ${context}`,
    icon: '$(telescope)',
    tags: ['prompt-lens', 'language-model', 'interpretability'],
    canBeReferencedInPrompt: true,
    inputSchema,
  }));
}

/** English texts by the keys of package.nls.json. */
export function editorStrings(): Record<string, string> {
  return Object.fromEntries(
    allTools().flatMap(({ name, title, description }) => [
      [nameKey(name), title],
      [descriptionKey(name), description],
    ]),
  );
}

const nameKey = (name: string): string => `tool.${name}.name`;
const descriptionKey = (name: string): string => `tool.${name}.description`;
