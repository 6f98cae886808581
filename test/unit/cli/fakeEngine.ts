/** An engine in memory behind a pair of ports, and a command line's environment that keeps what was written. */

import type { EngineApi, HostApi } from '../../../src/analysis/contracts';
import type { Candidate } from '../../../src/analysis/shared/contract';
import type { Environment } from '../../../src/cli/environment';
import { runCommandLine } from '../../../src/cli/program';
import { notWritten } from '../../../src/files/place';
import { Channel, type Port } from '../../../src/protocol/channel';
import { clause, verbatim } from '../../../src/protocol/clauses';
import type { LoadedModel, Prompt, PromptInput, Token } from '../../../src/protocol/model';
import { failures } from '../../../src/protocol/problem';

type AllHandlers = Parameters<Channel<HostApi, EngineApi>['handle']>[0];
/** A test must not request anything that it does not offer: the channel refuses it. */
type Handlers = Partial<AllHandlers>;

export const loaded: LoadedModel = {
  model: {
    name: 'fake',
    path: 'models/fake.gguf',
    sha256: 'ab'.repeat(32),
    family: 'llama',
    layers: 2,
    heads: 2,
    keyValueHeads: 1,
    width: 8,
    vocabulary: 49_152,
    context: 64,
    quantisation: 'Q4_1',
  },
  runtime: {
    provider: 'cpu',
    requested: 'auto',
    reason: clause('of', 'cuda', verbatim('no device')),
    precision: 'exact',
    threads: 2,
    onnxruntime: '1.30.0',
    weights: 'float32',
  },
  compiled: { folder: '/cache', bytes: 650e6, limitBytes: 20e9 },
  loadMs: 12,
};

/** Each word is a token, including the spaces before it. */
export function fakePrompt(input: PromptInput): Prompt {
  const rendered = input.kind === 'raw' ? input.text : input.messages.map((message) => message.content).join('\n');
  const tokens = [...rendered.matchAll(/\s*\S+|\s+$/g)].map((match, id): Token => {
    const [start, end] = [match.index, match.index + match[0].length];
    const bytes = Buffer.from(match[0]).toString('hex');
    return { id, text: match[0], bytes, start, end, source: [start, end], special: false, role: null };
  });
  return { file: input.file, rendered, tokens };
}

const candidate = (id: number, text: string, probability: number): Candidate => ({
  id,
  text,
  logprob: Math.log(probability),
});

/** The fake engine's answers to every prompt; the numbers are made up, but their shapes are real. */
export function fakeHandlers(calls: [string, unknown][]): Handlers {
  const answer = <R>(input: PromptInput, result: R) => ({ prompt: fakePrompt(input), runMs: 3, reused: 0, result });
  const log = <P>(name: string, params: P): P => {
    calls.push([name, params]);
    return params;
  };
  return {
    load: (params) => {
      log('load', params);
      return loaded;
    },
    tokenize: ({ prompt }) => fakePrompt(prompt),
    probabilities: (params) => {
      const { tokens } = fakePrompt(log('probabilities', params).prompt);
      const next = [candidate(7, ' Paris', 0.75), candidate(8, ' the', 0.125)];
      const result = {
        logprob: tokens.map((_, t) => (t === 0 ? null : Math.log(1 / 2 ** t))),
        rank: tokens.map((_, t) => (t === 0 ? null : t - 1)),
        entropy: tokens.map(() => Math.log(4)),
        top: tokens.map((_, t) => (t === 0 ? [] : next)),
        next,
        perplexity: tokens.length > 1 ? 4 : null,
      };
      return { ...answer(params.prompt, result), end: candidate(2, '<end>', 0.01) };
    },
    truthDirection: ({ layer }) => ({ layer: layer ?? 2, direction: [3, 4] }),
    generate: (params, { progress }) => {
      log('generate', params);
      const tokens = [' Hel', 'lo', '<end>'].map((text, id) => ({
        ...candidate(id, text, 0.5),
        rank: 0,
        entropy: 1,
        top: [],
      }));
      for (const token of tokens) progress({ ...token, delta: token.text === '<end>' ? '' : token.text });
      return answer(params.prompt, { tokens, text: ' Hello', finish: 'stop' as const });
    },
    choose: (params) => {
      const { choices, threshold } = log('choose', params);
      const share = 1 / choices.length;
      const scored = choices.map((text, id) => {
        const accepted = threshold === null ? {} : { accepted: share >= threshold };
        return {
          text,
          tokens: [candidate(id, text, 0.2)],
          logprob: Math.log(0.2),
          probability: 0.2,
          share,
          exclusive: 0.2,
          logprobPerToken: Math.log(0.2),
          logprobPerByte: Math.log(0.2) / Buffer.byteLength(text),
          ...accepted,
        };
      });
      const diverge = { position: 0, ids: choices.map((_, id) => id) };
      return answer(params.prompt, {
        boundary: null,
        choices: scored,
        coverage: 0.2 * choices.length,
        diverge,
        prefixes: [],
      });
    },
    attentionOverview: (params) => {
      const heads = [0, 1, 2, 3].map((place) => ({
        layer: place >> 1,
        head: place % 2,
        entropy: [0.5, 2, 1, 1.5][place],
        sinkMass: [0.9, 0.1, 0.5, 0.6][place],
        previousToken: 0.2,
        induction: [null, 0.3, null, 0.4][place],
        diagonal: 0.1,
      }));
      return answer(params.prompt, { size: 1, thumbnails: new Float32Array(4), summaries: heads, sinkMass: 0.525 });
    },
    attentionHeads: (params) => {
      log('attentionHeads', params);
      const { length } = fakePrompt(params.prompt).tokens;
      const weights = new Float32Array(length * length).map((_, cell) => {
        const [query, key] = [Math.floor(cell / length), cell % length];
        return key <= query ? 1 / (query + 1) : 0;
      });
      return answer(params.prompt, { weights, winner: null });
    },
    save: (params) => ({ path: log('save', params).path, bytes: 1 }),
  };
}

function portPair(): [Port, Port] {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const end = (side: 0 | 1): Port => ({
    post: (message) =>
      queueMicrotask(() => {
        for (const listener of listeners[1 - side]) listener(structuredClone(message));
      }),
    onMessage: (listener) => listeners[side].push(listener),
    onClose: () => {},
  });
  return [end(0), end(1)];
}

export interface Stage {
  environment: Environment;
  files: Map<string, string | Uint8Array>;
  calls: [method: string, params: unknown][];
  output: () => string;
  errors: () => string;
  engines: { started: number; stopped: number };
}

async function checkPlace(path: string): Promise<void> {
  if (path.startsWith('locked/')) throw notWritten(path, Object.assign(new Error('EACCES: open'), { code: 'EACCES' }));
}

/** `terminal` says whether somebody is watching. */
export function stage({ terminal = false, handlers = {} }: { terminal?: boolean; handlers?: Handlers } = {}): Stage {
  const written = { output: '', errors: '' };
  const files: Stage['files'] = new Map();
  const calls: Stage['calls'] = [];
  const engines = { started: 0, stopped: 0 };
  const stream = (name: 'output' | 'errors') => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTerminal: terminal,
    columns: 80,
  });
  const bytesOf = (name: string) => {
    const content = files.get(name);
    if (content === undefined) return Promise.reject(Object.assign(new Error('ENOENT: open'), { code: 'ENOENT' }));
    return Promise.resolve(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  };
  const environment: Environment = {
    output: stream('output'),
    errors: stream('errors'),
    colour: terminal,
    version: '9.9.9',
    readFile: bytesOf,
    readStandardInput: () => bytesOf('-'),
    writeFile: async (path, text) => {
      await checkPlace(path);
      files.set(path, text);
    },
    checkPlace,
    identityOf: async (path) => (path === '-' ? null : path.replace(/^(\.\/)+/, '')),
    bundledFiles: async () => ({ models: ['models/fake.gguf'], probes: ['models/truth/probe.json'] }),
    connect: () => {
      engines.started++;
      const [near, far] = portPair();
      new Channel<HostApi, EngineApi>(far, failures).handle({ ...fakeHandlers(calls), ...handlers } as AllHandlers);
      return {
        channel: new Channel<EngineApi, HostApi>(near, failures),
        dispose: async () => {
          engines.stopped++;
        },
      };
    },
  };
  return { environment, files, calls, engines, output: () => written.output, errors: () => written.errors };
}

/** The content of `a.txt` in every run. */
export const text = 'The capital of France is';

export async function run(
  words: string[],
  options: Parameters<typeof stage>[0] & { files?: Record<string, string | Uint8Array> } = {},
) {
  const scene = stage(options);
  for (const [name, content] of Object.entries({ 'a.txt': text, ...options.files })) scene.files.set(name, content);
  const status = await runCommandLine(words, scene.environment);
  return { ...scene, status, output: scene.output(), errors: scene.errors() };
}
