/** Fuzzes model files, their tokenizers and their chat templates. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChatTemplate } from '../../src/checkpoint/chatTemplate';
import { openCheckpoint } from '../../src/checkpoint/openCheckpoint';
import type { Checkpoint } from '../../src/checkpoint/types';
import { type TinyGguf, tinyGguf, tinyTemplate, writeGguf } from '../unit/checkpoint/tinyGguf';
import { type FuzzReader, must } from './check';
import { largeShare, mutatedBytes, mutatedJson, mutatedText, oneOf, type Random } from './mutate';

/** The folder lies in memory where the system has such a place: on a disk, replacing the file takes longer than reading it. */
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'prompt-lens-fuzz-'));
const path = join(folder, 'input.gguf');
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The same file with thousands of additional entries and merges, as real vocabularies have. */
function largeGguf(): TinyGguf {
  const file = tinyGguf();
  const digits = Array.from({ length: 8000 }, (_, at) => String(at + 10));
  const tokens = [...(file.metadata['tokenizer.ggml.tokens'] as string[]), ...digits];
  file.metadata['tokenizer.ggml.tokens'] = tokens;
  file.metadata['tokenizer.ggml.token_type'] = tokens.map((entry) => (entry.startsWith('<|') ? 3 : 1));
  const merges = digits.map((entry) => `${entry.slice(0, -1)} ${entry.slice(-1)}`);
  file.metadata['tokenizer.ggml.merges'] = [...(file.metadata['tokenizer.ggml.merges'] as string[]), ...merges];
  file.tensors['token_embd.weight'] = { shape: [tokens.length, 8] };
  return file;
}

const whole = writeGguf(tinyGguf());
const largeWhole = writeGguf(largeGguf());
const texts = ['hello <|im_end|> 12', '  1. a\n\n 42\t中文 é 👩‍👩‍👧', '', ' ', '\uD800x', 'he'.repeat(50)];

async function opened(bytes: Uint8Array, use: (checkpoint: Checkpoint) => unknown): Promise<void> {
  writeFileSync(path, bytes);
  const checkpoint = await openCheckpoint(path);
  try {
    await use(checkpoint);
  } finally {
    await checkpoint.close();
  }
}

/** Checks that the tokens of a text follow one another within it. */
function cut({ tokenizer }: Checkpoint): void {
  for (const text of texts) {
    const tokens = tokenizer.encode(text);
    let behind = 0;
    for (const { id, start, end } of tokens) {
      must(
        start >= 0 && start <= end && end <= text.length && end >= behind,
        `the tokens of ${JSON.stringify(text)} lie in order`,
      );
      behind = end;
      must(tokenizer.bytes(id) instanceof Uint8Array, 'a token has bytes');
      tokenizer.text(id);
    }
    tokenizer.decode(tokens.map(({ id }) => id));
  }
}

async function readEverything(checkpoint: Checkpoint): Promise<void> {
  cut(checkpoint);
  for (const name of checkpoint.tensors.keys()) await checkpoint.readFloat32(name);
}

const gguf: FuzzReader = {
  name: 'gguf',
  ending: 'gguf',
  input: (random) => mutatedBytes(random, random() < largeShare ? largeWhole : whole),
  read: (input) => opened(Buffer.from(input as Uint8Array), readEverything),
};

/** The same with a SentencePiece tokenizer: bytes, and a few words. */
function piecesGguf(): TinyGguf {
  const file = tinyGguf();
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  const words = ['▁', 'h', 'e', 'l', 'o', '▁h', 'el', 'he', 'll', '▁he', 'llo', '▁hello', '中', '  '];
  const tokens = ['<unk>', '<s>', '</s>', ...bytes, ...words];
  Object.assign(file.metadata, {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': tokens.map((entry, id) =>
      id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : entry === '  ' ? 4 : 1,
    ),
    'tokenizer.ggml.scores': tokens.map((_, id) => tokens.length - id),
    'tokenizer.ggml.bos_token_id': 1,
    'tokenizer.ggml.eos_token_id': 2,
    'tokenizer.ggml.add_space_prefix': true,
  });
  file.tensors['token_embd.weight'] = { shape: [tokens.length, 8] };
  return file;
}

/** A well-formed file whose tokenizer may be odd. */
const tokenizer: FuzzReader = {
  name: 'tokenizer',
  ending: 'gguf',
  input: (random) => {
    const file = random() < largeShare ? largeGguf() : random() < 0.5 ? piecesGguf() : tinyGguf();
    const keys = Object.keys(file.metadata).filter((key) => key.startsWith('tokenizer.'));
    const own = Object.fromEntries(keys.map((key) => [key, file.metadata[key]]));
    const changed = mutatedJson(random, own) as Record<string, unknown> | null;
    for (const key of keys) {
      const value = changed?.[key];
      if (isStorable(value)) file.metadata[key] = value;
      else delete file.metadata[key];
    }
    return writeGguf(file);
  },
  read: (input) => opened(Buffer.from(input as Uint8Array), cut),
};

function isStorable(value: unknown): value is string | number | boolean | string[] | number[] {
  const whole = (each: unknown) => Number.isInteger(each) && (each as number) >= 0 && (each as number) < 2 ** 32;
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string') || value.every(whole);
  return typeof value === 'string' || typeof value === 'boolean' || whole(value);
}

const templates = [
  tinyTemplate,
  "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] | trim %}{% endif %}{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}[{{ m['content'].strip() }}]{% endfor %}",
  "{% macro one(m) %}{{ m.content | upper | replace('A', 'b') }}{% endmacro %}{% for m in messages | selectattr('role', 'equalto', 'user') %}{{ one(m) }}{{ loop.last }}{{ range(3) | join(',') }}{% endfor %}{{ tools | tojson }}",
];
const pieces = [
  'range(10**9)',
  '{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}',
  "'a' * 10",
  '~',
  'namespace(x=1)',
  '[1:2]',
  '.split',
  'constructor',
  '| length',
  "messages[9]['content']",
];
const chats = [
  [{ role: 'user', content: 'hello' }],
  [
    { role: 'system', content: ' be brief ' },
    { role: 'user', content: 'a\nb' },
    { role: 'assistant', content: '' },
  ],
  [],
];

function templateText(random: Random): string {
  const text = mutatedText(random, oneOf(random, templates), [...templates, ...pieces]);
  return text.slice(0, 4000);
}

const template: FuzzReader = {
  name: 'template',
  ending: 'jinja',
  // A rendering process that took too long is replaced by a new one, which needs time.
  slowMs: 8000,
  input: templateText,
  read: async (input) => {
    const text = String(input);
    const messages = chats[text.length % chats.length];
    const { rendered, places } = await new ChatTemplate(text, { bos_token: '<s>', eos_token: '</s>' }).render(messages);
    for (const { message, at, from, length } of places) {
      const { content } = messages[message];
      must(
        rendered.slice(at, at + length) === content.slice(from, from + length),
        'a content stands where it is said to be',
      );
    }
  },
};

export const checkpointReaders: readonly FuzzReader[] = [gguf, tokenizer, template];
