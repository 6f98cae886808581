/** The values that a `.prompty` file has for its variables: its own, and those of files in its own folder that it names. */
import { clause } from '../protocol/clauses';
import { isMapping, yamlValues } from './frontMatter';
import type { Notes, PartKind } from './notes';
import type { Source } from './source';
import { jsonValues, type OwnValue } from './templates/templateVariables';

/** Words that declare a type: `question: string` gives no value. */
const typeNames = new Set(['string', 'integer', 'number', 'float', 'boolean', 'array', 'object', 'list']);
/** Inputs that are no text: the library puts earlier messages, pictures and files beside the text and nothing into it. */
const richKinds = new Map<string, PartKind | null>([
  ['thread', null],
  ['image', 'picture'],
  ['file', 'document'],
  ['audio', 'sound'],
]);
/** `${file:path}`. */
const fileTag = /^\$\{file:([^}]+)\}$/i;

export interface PromptyInputs {
  own: ReadonlyMap<string, OwnValue>;
  /** The inputs that leave nothing in the text, with what they are; null for earlier messages, of which a file has none. */
  silent: ReadonlyMap<string, PartKind | null>;
}

/** `sample` overrides `inputs`. A file that cannot be read is told in the notes. */
export function promptyInputs(source: Source, header: Record<string, unknown>, notes: Notes): PromptyInputs {
  const reader = new InputReader(source, notes);
  reader.inputs(header.inputs);
  reader.sample(header.sample);
  return reader;
}

interface Found {
  value: unknown;
  from: OwnValue['from'];
}

class InputReader implements PromptyInputs {
  readonly own = new Map<string, OwnValue>();
  readonly silent = new Map<string, PartKind | null>();

  constructor(
    private readonly source: Source,
    private readonly notes: Notes,
  ) {}

  inputs(written: unknown): void {
    const inputs = this.followed({ value: written, from: 'file' });
    for (const [name, input] of inputEntries(inputs.value)) {
      const declared = isMapping(input) && isDeclaration(input);
      const kind = declared ? richKinds.get(String(input.kind)) : undefined;
      if (kind !== undefined) this.silent.set(name, kind);
      const value = declared ? (input.sample ?? input.default ?? input.example ?? input.value) : input;
      if (declared || !typeNames.has(String(value))) this.set(name, { value, from: inputs.from });
    }
  }

  /** Prompt flow also writes the bare name of a JSON file. */
  sample(written: unknown): void {
    const named = typeof written === 'string' && /^[^${}\n]+\.json$/i.test(written.trim());
    const sample = named ? this.read(written.trim()) : this.followed({ value: written, from: 'file' });
    for (const [name, value] of entriesOf(sample.value)) this.set(name, { value, from: sample.from });
  }

  private set(name: string, written: Found): void {
    const { value, from } = this.followed(written);
    if (value !== undefined) this.own.set(name, { value, from });
  }

  /** The value, or that of the file which it names. */
  private followed(found: Found): Found {
    const path = typeof found.value === 'string' ? fileTag.exec(found.value.trim())?.[1].trim() : undefined;
    return path === undefined ? found : this.read(path);
  }

  private read(path: string): Found {
    const text = this.source.readBeside?.(path) ?? null;
    const value = text === null ? undefined : valuesOf(path, text);
    if (value === undefined) this.notes.say(clause(text === null ? 'noteBesideMissing' : 'noteBesideMalformed', path));
    return { value, from: 'beside' };
  }
}

/** As the library reads a file: by its ending. Undefined when it is malformed. */
function valuesOf(path: string, text: string): unknown {
  if (/\.ya?ml$/i.test(path)) return yamlValues(text);
  return /\.json$/i.test(path) ? jsonValues(text, true) : text;
}

/** A mapping by name, or (from version 2) a list of mappings with a `name`. */
function inputEntries(inputs: unknown): [name: string, input: unknown][] {
  if (!Array.isArray(inputs)) return entriesOf(inputs);
  return inputs.filter(isMapping).map((input) => [String(input.name), input]);
}

function entriesOf(value: unknown): [name: string, value: unknown][] {
  if (value instanceof Map) return [...value].map(([name, each]) => [String(name), each]);
  return isMapping(value) ? Object.entries(value) : [];
}

/** A mapping that describes an input; any other mapping is the input's value. */
function isDeclaration(input: Record<string, unknown>): boolean {
  return ['type', 'kind', 'sample', 'default', 'example', 'value', 'description', 'required'].some((name) =>
    Object.hasOwn(input, name),
  );
}
