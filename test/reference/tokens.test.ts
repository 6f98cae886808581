// The bundled model's tokenizer and chat template against transformers: ids, UTF-16 offsets, pieces, rendered strings.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ByteLevelTokenizer } from '../../src/checkpoint/byteLevelTokenizer';
import { openGguf } from '../../src/checkpoint/ggufFile';
import { openCheckpoint } from '../../src/checkpoint/openCheckpoint';
import { type PreTokenizer, preTokenizerNamed } from '../../src/checkpoint/preTokenizers';
import type { Checkpoint } from '../../src/checkpoint/types';
import type { PromptInput } from '../../src/protocol/model';

const model = 'models/SmolLM2-135M-Instruct.Q4_1.gguf';

interface ReferencePrompt {
  name: string;
  text: string | null;
  messages: { role: string; content: string }[] | null;
  rendered: string;
  ids: number[];
  pieces: string[];
}

interface TokenCase {
  pre: string;
  text: string;
  ids: number[];
  offsets: [number, number][];
  decoded: string;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(`test/fixtures/${path}`, 'utf8')) as T;
const prompts = read<ReferencePrompt[]>('reference/smollm2.json');
const cases = read<TokenCase[]>('checkpoint/tokens.json');
const digits = read<Pick<TokenCase, 'text' | 'ids'>[]>('checkpoint/digits.json');

let checkpoint: Checkpoint;
beforeAll(async () => {
  checkpoint = await openCheckpoint(model);
});
afterAll(() => checkpoint.close());

function input({ text, messages }: ReferencePrompt): PromptInput {
  const pieces = (content: string) => [
    { at: 0, length: content.length, source: [0, content.length] as [number, number] },
  ];
  if (text !== null) return { kind: 'raw', file: null, text, pieces: pieces(text) };
  return {
    kind: 'chat',
    file: null,
    messages: (messages ?? []).map((message) => ({ ...message, pieces: pieces(message.content) })),
  };
}

describe('the bundled checkpoint', () => {
  it('is the file that the manifest names', () => {
    const { models } = JSON.parse(readFileSync('models/manifest.json', 'utf8')) as {
      models: { file: string; sha256: string }[];
    };
    expect(checkpoint.sha256).toBe(models.find((entry) => model.endsWith(entry.file))?.sha256);
    expect(checkpoint).toMatchObject({
      name: 'SmolLM2-135M-Instruct',
      quantisation: 'Q4_1',
      hasTemplate: true,
      endIds: [2, 0],
    });
  });

  it.each(prompts.map((prompt) => [prompt.name, prompt] as const))(
    'renders and cuts "%s" as transformers',
    async (_, reference) => {
      const prompt = await checkpoint.prompt(input(reference));
      expect(prompt.rendered).toBe(reference.rendered);
      expect(prompt.tokens.map((token) => token.id)).toEqual(reference.ids);
      expect(prompt.tokens.map((token) => token.text)).toEqual(reference.pieces);
      // Every token of the user's text says where it stands: the file's text there equals the rendered text here.
      const typed = reference.text ?? reference.messages?.map((message) => message.content).join('') ?? '';
      for (const { start, end, source } of prompt.tokens)
        if (source) expect(typed.slice(...source)).toBe(prompt.rendered.slice(start, end));
    },
  );

  it('cuts two hundred texts of digits, columns, lists and code as the published tokenizer and llama.cpp', () => {
    expect(digits).toHaveLength(200);
    const found = digits.map(({ text }) => ({ text, ids: checkpoint.tokenizer.encode(text).map(({ id }) => id) }));
    expect(found).toEqual(digits);
  });

  it('puts each token of a chat under its message', async () => {
    const chat = prompts.find((prompt) => prompt.messages !== null)!;
    const own = (await checkpoint.prompt(input(chat))).tokens.filter((token) => token.role === 'user');
    expect(own.map((token) => token.text).join('')).toBe(chat.messages?.[0].content);
  });
});

describe('tokens', () => {
  const tokenizers = new Map<string, ByteLevelTokenizer>();
  beforeAll(async () => {
    const { handle, metadata } = await openGguf(model);
    await handle.close();
    const lists = [
      metadata.strings('tokenizer.ggml.tokens'),
      metadata.numbers('tokenizer.ggml.token_type'),
      metadata.strings('tokenizer.ggml.merges'),
    ] as const;
    for (const { pre } of cases)
      if (!tokenizers.has(pre))
        tokenizers.set(pre, new ByteLevelTokenizer(...lists, preTokenizerNamed(pre) as PreTokenizer));
  });

  it.each(cases.map((entry) => [entry.pre, entry.text.slice(0, 40), entry] as const))('%s: %j', (pre, _, recorded) => {
    const tokenizer = tokenizers.get(pre)!;
    const tokens = tokenizer.encode(recorded.text);
    expect(tokens.map((token) => token.id)).toEqual(recorded.ids);
    expect(tokens.map((token) => token.start)).toEqual(recorded.offsets.map(([start]) => start));
    // Where the tokenizer composes first, Hugging Face's range ends before the combining marks; ours includes them.
    const composes = preTokenizerNamed(pre)?.composes && recorded.text.normalize('NFC') !== recorded.text;
    if (!composes) expect(tokens.map((token) => token.end)).toEqual(recorded.offsets.map(([, end]) => end));
    expect(tokenizer.decode(recorded.ids)).toBe(recorded.decoded);
  });

  it('of a long text take time in proportion to it, even without a single space', () => {
    const time = (length: number): number => {
      const started = performance.now();
      checkpoint.tokenizer.encode('ab'.repeat(length / 2));
      return performance.now() - started;
    };
    time(10_000);
    // The text is ten times as long: n log n takes about 12 times as long, n² would take 100 times.
    expect(time(400_000) / Math.max(time(40_000), 1)).toBeLessThan(40);
  });
});
