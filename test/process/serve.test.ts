/** `prompt-lens serve` as an assistant's client uses it: one session of the official client with the built command line. */
import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { type CallToolResult, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { writeTinyLlama } from '../fixtures/tinyGguf';

const cli = join(__dirname, '../../dist/cli.js');
const outside = temporaryFolder();
const folder = temporaryFolder();
const root = temporaryFolder();
const environment = { ...process.env, PROMPT_LENS_CACHE: join(outside, 'cache') } as Record<string, string>;

const statements = () => {
  const rows = Array.from({ length: 48 }, (_, n) => {
    const topic = 'abc'[n % 3];
    return `The ${topic} ${n} is${n % 2 ? '' : ' not'} in.,${n % 4 < 2},${topic}`;
  });
  return `${['statement,label,topic', ...rows].join('\n')}\n`;
};

let client: Client;
let server: ChildProcess;
let said = '';
let errors = '';

beforeAll(async () => {
  writeTinyLlama(folder, { context: 2048 });
  writeFileSync(join(folder, 'the cat.txt'), 'The cat sat on the mat.\n\nThe dog sat on the');
  writeFileSync(join(folder, 'chat.json'), JSON.stringify([{ role: 'user', content: 'the cat' }]));
  writeFileSync(join(folder, 'data.csv'), statements());
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  mkdirSync(join(folder, 'within'));
  symlinkSync(join(outside, 'secret.txt'), join(folder, 'within', 'link.txt'));
  symlinkSync(outside, join(folder, 'linked'));
  writeFileSync(join(root, 'named.txt'), 'A root that the client names');
  // Any module may print to stdout; such output must not reach the client.
  writeFileSync(
    join(outside, 'stray.cjs'),
    'if (process.argv.includes("serve")) setInterval(() => console.log("stray"), 100).unref();',
  );
  const trained = spawnSync(
    process.execPath,
    [cli, ...['probe', 'train', 'data.csv', '--model', 'tiny.gguf', '--provider', 'cpu', '-o', 'probe.json']],
    { cwd: folder, env: environment, encoding: 'utf8' },
  );
  expect(trained.status, trained.stderr).toBe(0);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [cli, 'serve', '--model', 'tiny.gguf', '--provider', 'cpu', '--threads', '2', '--verbose'],
    cwd: folder,
    env: { ...environment, NODE_OPTIONS: `--require ${join(outside, 'stray.cjs')}` },
    stderr: 'pipe',
  });
  transport.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  client = new Client({ name: 'test', version: '1' }, { capabilities: { roots: {} } });
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: pathToFileURL(root).href }] }));
  await client.connect(transport);
  server = Reflect.get(transport, '_process');
  server.stdout?.on('data', (chunk) => {
    said += chunk;
  });
});

afterAll(() => client?.close());

const call = (name: string, given: Record<string, unknown>, options = {}) =>
  client.callTool({ name, arguments: given }, undefined, options) as Promise<CallToolResult>;

const textOf = ({ content: [first] }: CallToolResult): string => (first.type === 'text' ? first.text : '');

/** The sentence of a refusal. */
async function refusal(name: string, given: Record<string, unknown>): Promise<string> {
  const result = await call(name, given);
  expect(result.isError, JSON.stringify(result)).toBe(true);
  return textOf(result);
}

const text = 'The cat sat on the mat.\n\nThe dog sat on the';
const asked: Record<string, Record<string, unknown>> = {
  info: {},
  tokens: { text },
  probabilities: { text, top: 3 },
  generate: { text, maxTokens: 5 },
  repeat: { text, maxTokens: 4 },
  choose: { text, choices: [' mat', ' the'] },
  attention: { text, layer: 1, head: 0 },
  saliency: { text, by: 'word', methods: ['occlusion', 'input'] },
  occlusion: { text, by: 'sentence', faithfulness: false },
  gradients: { text, method: 'norm', target: ' mat' },
  lens: { text, top: 2 },
  heads: { text, at: '4-5' },
  patch: { text: 'ab cd', fromText: 'ab ce' },
  examples: { text: 'a: 1\n\nb: 2\n\nc:' },
  compare: { text, otherFile: 'the cat.txt', with: 'attention' },
  embeddings: { files: ['the cat.txt', 'chat.json'], method: 'pca' },
  truth: { file: 'data.csv', probe: 'probe.json' },
  probe_train: { file: 'data.csv', folds: 3 },
  probe_evaluate: { file: 'data.csv', probe: 'probe.json' },
};

describe('the tools', () => {
  it('are listed with what each takes, and write nothing', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(Object.keys(asked));
    for (const { description, inputSchema, annotations } of tools) {
      expect(description).toMatch(/^[A-Z].*[.?]$/s);
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    }
    const before = readdirSync(folder);
    for (const [name, given] of Object.entries(asked)) {
      const result = await call(name, given);
      expect(result.isError, `${name}: ${textOf(result)}`).toBeUndefined();
      const { fingerprint, command, result: numbers } = result.structuredContent as Record<string, unknown>;
      expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
      expect(command).toBe(name.replace('_', ' '));
      expect(numbers).toBeDefined();
      const said = textOf(result);
      expect(said).toContain(`${command}: tiny`);
      expect(said).toContain(`fingerprint ${fingerprint}`);
      expect(said, name).not.toMatch(/--[a-z]|\p{Cc}(?<!\n)|[█▌]/u);
      expect(JSON.stringify(result).length).toBeLessThanOrEqual(20_000);
    }
    expect(readdirSync(folder)).toEqual(before);
  });

  it('give the numbers of the command line, under the same fingerprint', async () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [cli, ...['probabilities', 'chat.json', '--top', '3', '--model', 'tiny.gguf', '--provider', 'cpu', '--json']],
      { cwd: folder, env: environment, encoding: 'utf8' },
    );
    expect(status).toBe(0);
    const report = JSON.parse(stdout);
    const { structuredContent } = await call('probabilities', { file: 'chat.json', top: 3 });
    expect(structuredContent).toMatchObject({ fingerprint: report.fingerprint, result: report.result });
    const given = await call('probabilities', { text: 'the cat', chat: true, top: 3 });
    expect(given.structuredContent).toMatchObject({ result: report.result });
  });

  it('say probabilities as numbers from 0 to 1 that any language reads', async () => {
    const { content, structuredContent } = await call('choose', { text, choices: [' mat', ' the'] });
    const { choices } = (structuredContent as { result: { choices: { text: string; share: number }[] } }).result;
    for (const { text: answer, share } of choices) {
      const row = textOf({ content } as CallToolResult)
        .split('\n')
        .find((line) => line.startsWith(answer.replace(' ', '·')));
      expect(Number(row?.split(' | ')[1])).toBeCloseTo(share, 2);
    }
  });
});

describe('the variables of a prompt', () => {
  const trip = { text: 'In {{city}} for {{days}} days', format: 'prompt' };

  it('that have no value are named in the words of the answer', async () => {
    expect(textOf(await call('tokens', trip))).toContain(
      '\ntext: No value for city, days. Give one with var city=….\n',
    );
    const some = await call('tokens', { ...trip, var: { city: 'Oslo' } });
    expect(textOf(some)).toContain('No value for days. Give one');
  });

  it('are filled by a parameter, and then nothing is said', async () => {
    const { content, structuredContent } = await call('tokens', { ...trip, var: { city: 'Oslo', days: '3' } });
    expect(structuredContent).toMatchObject({ prompt: { rendered: expect.stringContaining('In Oslo for 3 days') } });
    expect(textOf({ content } as CallToolResult)).not.toContain('No value');
  });
});

describe('a call that makes no sense', () => {
  it.each([
    ['saliency', { text, operator: 'foo' }, '"operator" must be one of knockout, delete, replace, not "foo".'],
    ['saliency', { text, methods: ['foo'] }, /^"methods" must be a list of some of occlusion, input/],
    ['saliency', { text, by: 'foo' }, /^"by" must be one of token, word, .* a regular expression between slashes/],
    ['saliency', { text, by: '/(/' }, /regular expression/i],
    ['lens', { text, position: 0 }, '"position" must be a whole number from 1 to 10000000, not 0.'],
    ['lens', { text, position: 5000 }, /must be between/],
    ['generate', { text, topP: 0 }, '"topP" must be a number above 0 to 1, not 0.'],
    ['generate', { text, temperature: 'hot' }, '"temperature" must be a number from 0 to 100, not "hot".'],
    ['generate', { text, max_tokens: 3 }, /^"max_tokens" is no parameter of generate, which takes text, .*maxTokens/],
    ['choose', { text }, '"choices" is missing: it must be a list of texts, none of them empty.'],
    ['heads', { text, at: '6-4' }, /^"at" must be .*two with a dash/],
    ['heads', { text, at: 4, target: ' mat' }, /"target".*"at"/],
    ['attention', { text, layer: 1 }, 'layer and head belong together.'],
    ['tokens', {}, 'Exactly one of "text" and "file" must be given; none was given.'],
    ['tokens', { text, file: 'the cat.txt' }, /^Exactly one of "text" and "file" must be given; /],
    ['patch', { text }, 'Exactly one of "fromText" and "fromFile" must be given; none was given.'],
    ['tokens', { text, firstRow: 100_000 }, /^"firstRow" must be a whole number from 1 to \d+ here, not 100000\.$/],
    ['patch', { text: 'ab', fromText: 'abc' }, /tokens/],
    [
      'tokens',
      { text, var: { city: 'Oslo' } },
      'There is no variable in text, so city has nowhere to go. Leave out var.',
    ],
    ['tokens', { text: '{{a}}', format: 'prompt', var: { b: '' } }, 'No variable of text is called b. There are: a.'],
    ['nothing', {}, /^There is no tool "nothing", only info, /],
  ])('%s %j is answered by one sentence', async (name, given, sentence) => {
    const said = await refusal(name, given);
    if (typeof sentence === 'string') expect(said).toBe(sentence);
    else expect(said).toMatch(sentence);
    expect(said).not.toContain('\n');
  });
});

describe('files', () => {
  it('are read below the working folder and below a root that the client names', async () => {
    const inFolder = await call('tokens', { file: join(folder, 'the cat.txt') });
    expect(textOf(inFolder)).toContain('c');
    const { structuredContent } = await call('tokens', { file: 'named.txt' });
    expect(structuredContent).toMatchObject({
      prompt: { file: 'named.txt', rendered: 'A root that the client names' },
    });
  });

  it.each([
    ['above it', '../secret.txt', /may not be read/],
    ['elsewhere', join(outside, 'secret.txt'), /may not be read/],
    ['behind a link', 'within/link.txt', /symbolic link that leads elsewhere/],
    ['in a folder behind a link', 'linked/secret.txt', /symbolic link that leads elsewhere/],
    ['that is a folder', 'within', /must name a file/],
    ['that is missing', 'missing.txt', /does not exist/],
    ['that looks like an option', '--csv=x.csv', /does not exist/],
    ['that is standard input', '-', /does not exist/],
  ])('%s are refused', async (_, file, sentence) => {
    const said = await refusal('tokens', { file });
    expect(said).toMatch(sentence);
    expect(said).toContain('"file"');
    expect(said).not.toContain('secret\n');
  });

  it('of probes are held to the same', async () => {
    expect(await refusal('truth', { text, probe: join(outside, 'probe.json') })).toMatch(
      /^"probe" names a file that may not be read/,
    );
    expect(await refusal('generate', { text, steer: '../probe.json' })).toMatch(/^"steer" names a file/);
  });
});

describe('what is long', () => {
  it('is answered within 20,000 characters, and the rest by firstRow', async () => {
    const long = 'the cat sat. '.repeat(40);
    const seen = new Set<number>();
    for (let firstRow = 1; ; ) {
      const result = await call('probabilities', { text: long, firstRow });
      expect(JSON.stringify(result).length).toBeLessThanOrEqual(20_000);
      const said = textOf(result);
      for (const [, position] of said.matchAll(/^(\d+) \| /gm)) seen.add(Number(position));
      const [, last, all, next] = /\[rows \d+ to (\d+) of (\d+); more with firstRow: (\d+)\]/.exec(said) ?? [];
      expect(result.structuredContent).toMatchObject({
        leftOut: expect.arrayContaining([expect.objectContaining({ field: 'result.logprob' })]),
      });
      if (last === all) {
        expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: Number(all) }, (_, n) => n + 1));
        break;
      }
      expect(Number(next)).toBe(Number(last) + 1);
      firstRow = Number(next);
    }
  });

  it('beyond what the model reads is refused in a sentence', async () => {
    expect(await refusal('tokens', { text: 'the cat. '.repeat(20_000) })).toBe(
      'The text has 180,000 characters; Prompt Lens reads up to 81,920. Select the part to look at.',
    );
  });

  it('tells how far it is, ever further', async () => {
    const steps: number[] = [];
    await call(
      'saliency',
      { text: 'the cat '.repeat(40), methods: ['occlusion', 'norm'] },
      {
        onprogress: ({ progress, message }: { progress: number; message?: string }) => {
          expect(message).toMatch(/^(Opening|Loading|Running|Compiling)/);
          steps.push(progress);
        },
      },
    );
    expect(steps.length).toBeGreaterThan(1);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  });

  it('is cancelled, and the next call is answered', async () => {
    const abort = new AbortController();
    const started = performance.now();
    let done = 0;
    const onprogress = ({ message }: { message?: string }) => {
      done = Number(/^Running (\d+) \/ 2,000 tokens$/.exec(message ?? '')?.[1] ?? 0);
      if (done >= 20) abort.abort();
    };
    const slow = call('generate', { text, maxTokens: 2000, top: 1 }, { signal: abort.signal, onprogress });
    const queued = call('probabilities', { text });
    await expect(slow).rejects.toThrow();
    const aborted = performance.now();
    expect(textOf(await queued)).toContain('probabilities: tiny');
    // The engine does one thing at a time, and the rest of the cancelled text would have taken longer than this.
    expect(performance.now() - aborted).toBeLessThan(((aborted - started) / done) * (2000 - done));
  });
});

/** The engine's process, which is the only child of the server. */
function engineOf(pid: number | undefined): number | undefined {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/).map(Number)).find(([, parent]) => parent === pid)?.[0];
}

describe('the engine', () => {
  it('that ends under a call is named, and the next call starts another', async () => {
    await call('tokens', { text });
    const engine = engineOf(server.pid);
    const slow = call('generate', { text, maxTokens: 2000, top: 1 });
    setTimeout(() => process.kill(engine ?? 0, 'SIGKILL'), 150);
    const result = await slow;
    expect(result.isError).toBe(true);
    expect(textOf(result)).toMatch(/^The system ended the engine.*The next call starts a new engine\.$/);
    expect(textOf(await call('probabilities', { text }))).toContain('probabilities: tiny');
    expect(engineOf(server.pid)).not.toBe(engine);
  });

  it('that ends between two calls is not missed', async () => {
    process.kill(engineOf(server.pid) ?? 0, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(textOf(await call('tokens', { text }))).toContain('tokens: tiny');
  });
});

describe('the session', () => {
  it('carries nothing but messages on standard output, whatever is printed', () => {
    const lines = said.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(40);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    expect(errors).toContain('stray');
  });

  it('ends with the client: neither server nor engine is left', async () => {
    const engine = engineOf(server.pid);
    expect(engine).toBeGreaterThan(0);
    const ended = new Promise<number | null>((resolve) => server.once('exit', resolve));
    server.stdin?.end();
    expect(await ended).toBe(0);
    expect(() => process.kill(engine ?? 0, 0)).toThrow(/ESRCH/);
  });
});
