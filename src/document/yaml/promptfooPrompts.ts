/** The list of a promptfoo configuration's prompts. Each is a text of its own, or one of those in a file, which has the place of its name. */
import { isMap, isScalar, type Node, type Scalar } from 'yaml';
import { clause } from '../../protocol/clauses';
import { notRead } from '../source';
import { type MappedText, placedAt } from '../templates/mappedText';
import type { YamlFile } from './file';
import { isProgram, pathsOf, rowsIn } from './promptfooFiles';

/** A prompt that is no text but names a file. */
const elsewhere =
  /^(?:file:\/\/[^\n]+|(?:exec|python):\S+|\S+\.(?:txt|md|json|jsonl|csv|ya?ml|j2|py|js|ts|cjs|mjs)(?::\S+)?|\S+\/\*\S*)$/;
/** What is read of another file: the kinds that are templates as they stand, or hold some. */
const readable = /\.(?:txt|md|j2|json|jsonl|csv|ya?ml)$/i;

export interface PromptEntry {
  /** Where it begins in the file. */
  start: number;
  end: number;
  /** @throws promptNotRead for a file that is not read */
  template: () => MappedText;
}

export function promptEntries(file: YamlFile, items: readonly unknown[]): PromptEntry[] {
  return items.flatMap((item) => {
    const prompt = promptOf(file, file.resolved(item));
    if (!prompt) return [];
    const named = elsewhere.exec(String(prompt.value).trim())?.[0];
    if (named !== undefined) return entriesBeside(file, prompt, named);
    return [{ start: file.offsetOf(prompt), end: endOf(file, prompt), template: () => file.scalar(prompt) }];
  });
}

function promptOf(file: YamlFile, node: Node | null): Scalar | null {
  const text = isMap(node) ? (file.at(node, 'raw') ?? file.at(node, 'content') ?? file.at(node, 'id')) : node;
  return isScalar(text) && typeof text.value === 'string' ? text : null;
}

function entriesBeside(file: YamlFile, prompt: Scalar, named: string): PromptEntry[] {
  const start = file.offsetOf(prompt);
  const end = endOf(file, prompt);
  const path = named.replace(/^file:\/\//, '');
  const refused = (): never => {
    throw notRead(file.source, start, isProgram(path) ? 'promptProgram' : 'promptElsewhere', named);
  };
  const entries = (isProgram(path) ? [] : pathsOf(file, path)).flatMap((each) =>
    partsOf(file, each).map((text) => ({
      start,
      end,
      template: () => {
        if (text === null) return refused();
        file.notes.say(clause('notePromptBeside', each));
        return placedAt(text, [start, end]);
      },
    })),
  );
  return entries.length > 0 ? entries : [{ start, end, template: refused }];
}

const endOf = ({ source }: YamlFile, { range }: Scalar): number => source.start + (range?.[1] ?? 0);

/** The prompts in a file: a text is divided at lines of three dashes; each line of JSON Lines and each row of a table is one. */
function partsOf({ source }: YamlFile, path: string): (string | null)[] {
  const text = readable.test(path) ? (source.readBeside?.(path) ?? null) : null;
  if (text === null) return [null];
  const parts = /\.txt$/i.test(path)
    ? text.split(/^---[ \t]*$/m)
    : /\.jsonl$/i.test(path)
      ? text.split('\n')
      : /\.csv$/i.test(path)
        ? (rowsIn(text, path) ?? []).map((row) => row.get('prompt') ?? [...row.values()][0] ?? '')
        : [text];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
