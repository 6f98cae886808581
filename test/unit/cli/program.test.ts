import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/cli/program';
import { clause, verbatim } from '../../../src/protocol/clauses';
import type { PromptInput } from '../../../src/protocol/model';
import { ProblemError } from '../../../src/protocol/problem';
import { loaded, run, stage, text } from './fakeEngine';

const json = async (...words: string[]) => {
  const { status, output, errors } = await run([...words, '--json']);
  expect(errors).toBe('');
  expect(status).toBe(0);
  expect(output.endsWith('}\n')).toBe(true);
  return JSON.parse(output);
};

describe('the report', () => {
  it('has the common fields whatever the command', async () => {
    for (const words of [['info'], ['tokens', 'a.txt'], ['probabilities', 'a.txt'], ['attention', 'a.txt']]) {
      const report = await json(...words);
      expect(Object.keys(report)).toEqual([
        'schema',
        'command',
        'version',
        'fingerprint',
        'model',
        'runtime',
        'prompt',
        'timing',
        'result',
      ]);
      expect(report).toMatchObject({ schema: 1, command: words[0], version: '9.9.9', ...loadedFields });
      expect(Object.keys(report.timing)).toEqual(['loadMs', 'runMs']);
    }
  });
  const loadedFields = {
    model: { ...loaded.model, path: 'fake.gguf' },
    runtime: { ...loaded.runtime, reason: 'cuda: no device' },
  };

  it('of info and tokens has an empty result; info has no prompt', async () => {
    expect(await json('info')).toMatchObject({ result: {}, prompt: null });
    const tokens = await json('tokens', 'a.txt');
    expect(tokens.result).toEqual({});
    expect(tokens.prompt).toMatchObject({ file: 'a.txt', rendered: text });
    expect(tokens.prompt.tokens[1]).toEqual({
      id: 1,
      text: ' capital',
      bytes: '206361706974616c',
      start: 3,
      end: 11,
      source: [3, 11],
      special: false,
      role: null,
    });
  });

  it('of probabilities, generate and choose is the engine’s', async () => {
    const { result } = await json('probabilities', 'a.txt', '--top', '2');
    expect(Object.keys(result)).toEqual(['logprob', 'rank', 'entropy', 'top', 'next', 'perplexity']);
    expect(result.logprob[0]).toBeNull();
    expect((await json('generate', 'a.txt')).result).toMatchObject({ text: ' Hello', finish: 'stop' });
    const chosen = await json('choose', 'a.txt', '--choices', ' yes', ' no', '--threshold', '0.5');
    expect(chosen.result.choices.map((choice: { text: string }) => choice.text)).toEqual([' yes', ' no']);
    expect(chosen.result.choices[0].accepted).toBe(true);
  });

  it('of attention is the heads sorted as asked, those without the measure last', async () => {
    const places = async (...words: string[]) =>
      (await json('attention', 'a.txt', ...words)).result.map(({ layer, head }: { layer: number; head: number }) => [
        layer,
        head,
      ]);
    expect(await places()).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    expect(await places('--sort', 'sinkMass')).toEqual([
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
    ]);
    expect(await places('--sort', 'induction')).toEqual([
      [1, 1],
      [0, 1],
      [0, 0],
      [1, 0],
    ]);
  });

  it('of attention with a layer and a head is its matrix', async () => {
    const { result } = await json('attention', 'a.txt', '--layer', '1', '--head', '0');
    expect(result).toMatchObject({ layer: 1, head: 0 });
    expect(result.weights).toHaveLength(5);
    expect(result.weights[1]).toEqual([0.5, 0.5, 0, 0, 0]);
  });

  it('never has a number that JSON cannot write', async () => {
    const { output } = await run(['probabilities', 'one.txt', '--json'], { files: { 'one.txt': 'x' } });
    expect(JSON.parse(output).result.perplexity).toBeNull();
  });
});

describe('options', () => {
  it('reach the engine', async () => {
    const words = [
      'probabilities',
      'a.txt',
      '--top',
      '3',
      '--model',
      'm.gguf',
      '--provider',
      'cpu',
      '--precision',
      'fast',
    ];
    const { calls } = await run([...words, '--threads', '3']);
    expect(calls[0]).toEqual([
      'load',
      { model: 'm.gguf', provider: 'cpu', precision: 'fast', threads: 3, cache: null, lazy: false },
    ]);
    expect(calls[1]).toMatchObject(['probabilities', { top: 3 }]);
  });

  it.each([['info'], ['tokens', 'a.txt']])('of %s start no graph', async (...words) => {
    const { calls } = await run(words);
    expect(calls[0]).toMatchObject(['load', { lazy: true }]);
  });

  it('steers a continuation by the direction of a probe', async () => {
    const files = {
      'p.json': JSON.stringify({ best: 3, direction: [1, 2] }),
      'truth.json': '{"kind":"truth"}',
      'other.json': JSON.stringify({ best: 3, direction: [1, 2], modelSha256: 'another' }),
      'none.json': 'null',
      'bad.json': '{',
    };
    const words = ['generate', 'a.txt', '--steer'];
    const steered = await run([...words, 'p.json', '--strength', '-0.5'], { files });
    expect(steered.calls[1]).toMatchObject([
      'generate',
      { options: { steer: { layer: 3, direction: [1, 2], strength: -0.5 } } },
    ]);
    const truth = await run(['generate', '--text', 'The key', '--steer', 'truth.json', '--steer-layer', '5'], {
      files,
    });
    expect(truth.calls.at(-1)).toMatchObject([
      'generate',
      { prompt: { kind: 'raw', text: 'The key' }, options: { steer: { layer: 5, direction: [3, 4] } } },
    ]);
    expect((await run([...words, 'truth'])).calls.at(-1)).toMatchObject([
      'generate',
      { options: { steer: { layer: 2 } } },
    ]);
    const control = await run([...words, 'p.json', '--steer-control'], { files });
    expect(control.calls.at(-1)).toMatchObject(['generate', { options: { steer: { layer: 3, direction: [2, 1] } } }]);
    expect((await run([...words, 'none.json'], { files })).errors).toMatch(/it has no direction/);
    expect((await run([...words, 'other.json'], { files })).errors).toMatch(/trained on a different model/);
    expect((await run(['generate', 'a.txt', '--text', 'b'], { files })).status).toBe(2);
    expect((await run(['generate'])).errors).toMatch(/either a file or --text/);
    expect((await run([...words, 'bad.json'], { files })).errors).toMatch(/it is not JSON/);
  });

  it('of generation: greedy unless said otherwise', async () => {
    const first = await run(['generate', 'a.txt']);
    const plain = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, top: 10, prefix: [] };
    expect(first.calls[1]).toMatchObject(['generate', { options: plain }]);
    const words =
      '--max-tokens 5 --temperature 0.7 --top-k 40 --top-p 0.9 --min-p 0.05 --repetition-penalty 1.1 --seed 42';
    const second = await run(['generate', 'a.txt', ...words.split(' ')]);
    const set = { maxTokens: 5, temperature: 0.7, topK: 40, topP: 0.9, minP: 0.05, repetitionPenalty: 1.1, seed: 42 };
    expect(second.calls[1]).toMatchObject(['generate', { options: set }]);
  });

  it('--format reads a file as if its name ended so', async () => {
    const chat = JSON.stringify([{ role: 'user', content: 'Hi' }]);
    const asked = async (words: string[], files: Record<string, string>) =>
      (await run(words, { files })).calls.find(([name]) => name === 'probabilities')?.[1];
    const read = { prompt: { kind: 'chat', messages: [{ role: 'user', content: 'Hi' }] } };
    expect(await asked(['probabilities', '-', '--format', 'json'], { '-': chat })).toMatchObject(read);
    expect(await asked(['probabilities', 'c.txt', '--format', 'json'], { 'c.txt': chat })).toMatchObject(read);
    const plain = { prompt: { kind: 'raw', text: chat } };
    expect(await asked(['probabilities', 'c.json', '--format', 'txt'], { 'c.json': chat })).toMatchObject(plain);
    const table = await run(['probabilities', 'a.txt', '--format', 'csv']);
    expect([table.status, table.errors]).toEqual([1, expect.stringContaining('a.txt is a table of texts')]);
    const wrong = await run(['probabilities', 'a.txt', '--format', 'docx']);
    expect([wrong.status, wrong.errors]).toEqual([2, expect.stringContaining('Allowed choices are txt')]);
  });

  it('--raw and --chat override the file type, --var fills variables', async () => {
    const chat = await run(['probabilities', 'a.txt', '--chat']);
    expect(chat.calls[1]).toMatchObject([
      'probabilities',
      { prompt: { kind: 'chat', messages: [{ role: 'user', content: text }] } },
    ]);
    const content = '[{"role":"user","content":"Hi"}]';
    const raw = await run(['probabilities', 'c.json', '--raw'], { files: { 'c.json': content } });
    expect(raw.calls[1]).toMatchObject(['probabilities', { prompt: { kind: 'raw', text: content } }]);
    const files = { 'v.prompt': 'Hello {{name}}, {{b}}' };
    const filled = await run(['probabilities', 'v.prompt', '--var', 'name=Ada=L', '--var', 'b='], { files });
    expect(filled.calls[1]).toMatchObject(['probabilities', { prompt: { messages: [{ content: 'Hello Ada=L, ' }] } }]);
  });

  it('- reads standard input, which is no file in the report', async () => {
    const { output, calls } = await run(['probabilities', '-', '--json'], { files: { '-': 'Hello' } });
    expect(JSON.parse(output).prompt).toMatchObject({ file: null, rendered: 'Hello' });
    expect(calls[1]).toMatchObject(['probabilities', { prompt: { kind: 'raw', text: 'Hello' } }]);
  });

  it('--save asks for the tensors that the command computed', async () => {
    const saved = await run(['attention', 'a.txt', '--save', 'x.safetensors']);
    expect(saved.calls.at(-1)).toMatchObject(['save', { path: 'x.safetensors', tensors: ['attention'] }]);
    const hidden = await run(['probabilities', 'a.txt', '--save', 'x.safetensors']);
    expect(hidden.calls.at(-1)).toMatchObject(['save', { tensors: ['hidden', 'logits'] }]);
  });

  it('--csv writes the numbers, with text quoted where it must be', async () => {
    const { files } = await run(['tokens', 'q.txt', '--csv', 't.csv'], { files: { 'q.txt': 'a, "b"\nc' } });
    const rows = String(files.get('t.csv')).split('\r\n');
    expect(rows[0]).toBe('positionFrom1,id,text,bytes,start,end,sourceStart,sourceEnd,special,role,fingerprint');
    expect(rows[1].replace(/[0-9a-f]{16}$/, '')).toBe('1,0,"a,",0x612c,0,2,0,2,false,,');
    expect(rows[2].replace(/[0-9a-f]{16}$/, '')).toBe('2,1," ""b""",0x20226222,2,6,2,6,false,,');
    expect(rows[3].replace(/[0-9a-f]{16}$/, '')).toBe('3,2,"\nc",0x0a63,6,8,6,8,false,,');
  });
});

describe('errors', () => {
  const oneLine = (errors: string) => {
    expect(errors).toMatch(/^prompt-lens: [^\n]+\n$/);
    return errors.slice('prompt-lens: '.length, -1);
  };

  it.each([
    [[], 'No command was given. See prompt-lens --help.'],
    [['frobnicate'], "Unknown command 'frobnicate'. See prompt-lens --help."],
    [['tokens'], "Missing required argument 'file'. See prompt-lens --help."],
    [
      ['tokens', 'a.txt', 'b.txt'],
      "Too many arguments for 'tokens'. Expected 1 argument but got 2. See prompt-lens --help.",
    ],
    [['tokens', 'a.txt', '--jsn'], "Unknown option '--jsn' (Did you mean --json?) See prompt-lens --help."],
    [['probabilities', 'a.txt', '--top', 'x'], 'whole number from 1 to 1000'],
    [['probabilities', 'a.txt', '--top', '0'], 'whole number from 1 to 1000'],
    [['generate', 'a.txt', '--steer', 'p.json', '--strength', 'much'], 'a number from -100 to 100'],
    [['generate', 'a.txt', '--temperature', '-1'], 'a number from 0 to 100'],
    [['generate', 'a.txt', '--top-p', '0'], 'a number above 0 up to 1'],
    [['generate', 'a.txt', '--seed', '1.5'], 'whole number'],
    [['tokens', 'a.txt', '--provider', 'tpu'], 'Allowed choices are auto, cuda, webgpu, dml, coreml, cpu.'],
    [['tokens', 'a.txt', '--raw', '--chat'], "'--raw' cannot be used with option '--chat'"],
    [['tokens', 'a.txt', '--var', 'x'], 'It must be name=value.'],
    [['tokens', 'a.txt', '--save', 'x'], '"tokens" computes no tensors that --save could write.'],
    [['choose', 'a.txt'], "Required option '--choices <answer...>' not specified."],
    [['choose', 'a.txt', '--choices', ''], 'An answer of --choices is empty.'],
    [['attention', 'a.txt', '--layer', '1'], '--layer and --head belong together.'],
    [['attention', 'a.txt', '--sort', 'size'], 'Allowed choices are layer, entropy'],
  ])('wrong usage ends with 2 and one line, before anything is loaded: %j', async (words, expected) => {
    const { status, errors, output, engines } = await run(words);
    expect(status).toBe(2);
    expect(oneLine(errors)).toContain(expected);
    expect(output).toBe('');
    expect(engines.started).toBe(0);
  });

  it.each([
    ['missing.txt', 'missing.txt cannot be read: there is no such file. Check the path and the permissions.'],
    ['empty.txt', 'empty.txt is empty. Write some text first.'],
    ['bad.json', 'bad.json cannot be read as a prompt: line 1, column 1'],
  ])('a file that cannot be analysed ends with 1: %s', async (file, expected) => {
    const files = { 'empty.txt': '', 'bad.json': '{"a":1}' };
    const { status, errors, engines } = await run(['tokens', file], { files });
    expect(status).toBe(1);
    expect(oneLine(errors)).toContain(expected);
    expect(engines.started).toBe(0);
  });

  it.each([
    ['bytes that are no UTF-8', Uint8Array.of(0x47, 0x47, 0xff, 0xfe)],
    ['a zero byte', new TextEncoder().encode('GGUF\0\0')],
    ['UTF-16 without its mark', Uint8Array.of(0x41, 0x00, 0x42, 0x00)],
    ['GB18030', Uint8Array.of(0xd6, 0xd0, 0xce, 0xc4)],
  ])('a binary file is named as what it is: %s', async (_, bytes) => {
    const scene = stage();
    scene.files.set('b.txt', bytes);
    expect(await runCommandLine(['tokens', 'b.txt'], scene.environment)).toBe(1);
    expect(oneLine(scene.errors())).toBe('b.txt is not UTF-8 text. Save it as UTF-8, or open another file.');
  });

  it.each([
    ['little-endian', [0xff, 0xfe, 0x41, 0x00, 0x2d, 0x4e]],
    ['big-endian', [0xfe, 0xff, 0x00, 0x41, 0x4e, 0x2d]],
  ])('are not made of UTF-16 with its mark, %s', async (_, bytes) => {
    const scene = stage();
    scene.files.set('b.txt', Uint8Array.from(bytes));
    expect(await runCommandLine(['tokens', 'b.txt', '--json'], scene.environment)).toBe(0);
    expect(JSON.parse(scene.output()).prompt.rendered).toMatch(/A中$/);
  });

  it('of a table say that it is none, unless it is wanted as plain text', async () => {
    for (const name of ['t.csv', 'T.TSV']) {
      const files = { [name]: 'text,label\na,b\n' };
      const { status, errors } = await run(['probabilities', name], { files });
      expect(status).toBe(1);
      expect(oneLine(errors)).toBe(
        `${name} is a table of texts, not one prompt. Use it with "embeddings", "probe" or "truth", or use --raw to read it as plain text.`,
      );
      expect((await run(['probabilities', name, '--raw'], { files })).status).toBe(0);
    }
  });

  it('of standard input call it that', async () => {
    const { errors } = await run(['tokens', '-'], { files: { '-': '' } });
    expect(oneLine(errors)).toBe('standard input is empty. Write some text first.');
  });

  it('of the engine name the prompt file where they concern it, and end with 1', async () => {
    const handlers = {
      probabilities: () => {
        throw new ProblemError('promptTooLong', [5000, 64, 300]);
      },
    };
    const { status, errors, engines } = await run(['probabilities', 'a.txt'], { handlers });
    expect(status).toBe(1);
    expect(oneLine(errors)).toBe(
      'a.txt: The prompt has 5000 tokens; this model takes at most 64. Shorten it, or select the part to look at; about 300 characters fit.',
    );
    expect(engines).toEqual({ started: 1, stopped: 1 });
  });

  it('at a place in the prompt file name its line and column', async () => {
    const text = '[\n  {"role": "user", "content": "hi"}\n]';
    const handlers = {
      tokenize: ({ prompt }: { prompt: PromptInput }) => {
        if (prompt.kind !== 'chat') throw new Error('a chat was given');
        const error = new ProblemError('templateRefused', [verbatim('no'), 1, 'user']);
        error.problem.place = { file: prompt.file, range: prompt.messages[0].pieces[0].source };
        throw error;
      },
    };
    const { status, errors } = await run(['tokens', 'a.json'], { files: { 'a.json': text }, handlers });
    expect(status).toBe(1);
    expect(oneLine(errors)).toBe(
      "a.json:2:32: The model's chat template refused message 1 (user): no. Change that message or its role, or choose another model.",
    );
  });

  it('about the model name the model only', async () => {
    const handlers = {
      load: () => {
        throw new ProblemError('modelMissing', ['x.gguf']);
      },
    };
    const { status, errors } = await run(['tokens', 'a.txt'], { handlers });
    expect(status).toBe(1);
    expect(oneLine(errors)).toMatch(/^The model x\.gguf was not found\./);
  });

  it('about a number that this model does not have are wrong usage', async () => {
    const handlers = {
      attentionHeads: () => {
        throw new ProblemError('outOfRange', [clause('layer'), 0, 1]);
      },
    };
    const { status, errors } = await run(['attention', 'a.txt', '--layer', '7', '--head', '0'], { handlers });
    expect(status).toBe(2);
    expect(oneLine(errors)).toContain('The layer must be between 0 and 1.');
  });

  it('show a stack only when asked to', async () => {
    const handlers = {
      probabilities: () => {
        throw new TypeError('x is not a function');
      },
    };
    const quiet = await run(['probabilities', 'a.txt'], { handlers });
    expect(oneLine(quiet.errors)).toContain('Something failed unexpectedly: x is not a function.');
    const loud = await run(['probabilities', 'a.txt', '--verbose'], { handlers });
    expect(loud.errors).toMatch(/^prompt-lens: .*\n(.*\n)*\s+at .*program\.test\.ts/);
  });

  it('in writing a table say which file and why', async () => {
    const { status, errors } = await run(['tokens', 'a.txt', '--csv', 'locked/t.csv']);
    expect(status).toBe(1);
    expect(oneLine(errors)).toBe('locked/t.csv cannot be written: permission denied. Choose another folder.');
  });
});

describe('help', () => {
  it('and the version are results, not errors', async () => {
    const help = await run(['--help']);
    expect(help.status).toBe(0);
    for (const command of ['info', 'tokens', 'probabilities', 'generate', 'choose', 'attention']) {
      expect(help.output).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    expect(await run(['--version'])).toMatchObject({ status: 0, output: '9.9.9\n' });
    expect((await run(['choose', '--help'])).output).toContain('--choices <answer...>');
  });
});
