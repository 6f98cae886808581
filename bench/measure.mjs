// Times the operations of every side. Within a scenario the sides take turns (A B C, A B C, …), so that a slow minute of the machine
// affects all of them; only one computes at a time.
import { setTimeout as pause } from 'node:timers/promises';
import { summary } from './statistics.mjs';

/** Pause between two turns, long enough for the threads of the previous turn to stop waiting for more work. */
const settleMs = 60;

/** One big product, large enough that the time to start the threads does not show. */
export const bigProduct = { m: 2048, k: 2048, n: 2048 };

/** Number of tokens generated at a time; the first of them copies the context's memory. */
const generated = 32;

const sizes = [64, 128, 256, 512];

/** @typedef {[side: string, operation: string, parameters: object]} Turn */

/**
 * Maps scenario → turn → [side, operation, parameters]. The sides `exact` and `fast` are ours, `transformers` and `llama` are peers.
 * @param {{threads: number, cache: string}} setting
 * @returns {Record<string, Record<string, Turn>>}
 */
export function scenarios(setting) {
  /** @returns {Turn} */
  const pass = (side, parameters) => [side, 'pass', parameters];
  const plain = (tokens) => ({
    ours: pass('exact', { tokens }),
    transformers: pass('transformers', { tokens }),
    lastRow: pass('transformers', { tokens, last: true }),
    llama: pass('llama', { tokens }),
  });
  /** @returns {Turn} */
  const continued = (side) => [side, 'generate', { tokens: 256, count: generated }];
  /** @param {number[]} values @param {(value: number) => Turn} turn */
  const each = (values, turn) => Object.fromEntries(values.map((value) => [value, turn(value)]));
  const batch = { tokens: 64, batch: 16 };
  return {
    probabilities256: {
      ours: ['exact', 'probabilities', { tokens: 256 }],
      transformers: pass('transformers', { tokens: 256 }),
    },
    pass64: plain(64),
    pass512: plain(512),
    pass16x64: {
      ours: pass('exact', batch),
      transformers: pass('transformers', batch),
      lastRow: pass('transformers', { ...batch, last: true }),
    },
    taps256: {
      plain: pass('exact', { tokens: 256 }),
      ours: ['exact', 'taps', { tokens: 256 }],
      transformers: ['transformers', 'taps', { tokens: 256 }],
    },
    edit512: { ours: ['exact', 'edit', { tokens: 512 }], full: pass('exact', { tokens: 512 }) },
    efficiency: {
      pass: pass('exact', { tokens: 512 }),
      onnxruntime: ['exact', 'matmul', { ...bigProduct, ...setting }],
      torch: ['transformers', 'matmul', bigProduct],
      products: ['exact', 'passMatmuls', { tokens: 512, ...setting }],
    },
    generation: { exact: continued('exact'), llama: continued('llama'), fast: continued('fast') },
    shortContext: {
      exact: ['exact', 'generate', { tokens: 16, count: generated }],
      fast: ['fast', 'generate', { tokens: 16, count: generated }],
    },
    parts: { two: pass('exact', { tokens: 2 }) },
    passGrowth: each(sizes, (tokens) => pass('exact', { tokens })),
    editGrowth: each(sizes, (tokens) => ['exact', 'edit', { tokens }]),
    generationGrowth: each([8, 16, 32, 64], (count) => ['exact', 'generate', { tokens: 256, count }]),
  };
}

/** The target that is explained in every text. */
export const explainedTarget = ' and';

/** Number of tokens of the text that is compared, and of midpoints of its integrated gradients. */
export const explainedWork = { tokens: 128, steps: 32 };

/**
 * Like `scenarios`, for the attribution peer: every token of a text is occluded, and gradients are computed.
 * @param {Record<number, {text: string, ids: number[]}>} texts keyed by their number of tokens
 * @param {{targetId: number, replacement: number}} ids the target's token, and the token that replaces an occluded one
 * @returns {Record<string, Record<string, Turn>>}
 */
export function explanations(texts, { targetId, replacement }) {
  const target = explainedTarget;
  const { tokens, steps } = explainedWork;
  const { text, ids } = texts[tokens];
  /** @returns {Turn} */
  const occlude = (own, operator) => ['exact', 'occlusion', { ids: own, target, operator, replacement }];
  /** @returns {Turn} */
  const gradient = (own, method, points) => ['exact', 'gradients', { ids: own, target, method, steps: points }];
  /** @returns {Turn} */
  const inseq = (method, options = {}) => ['attribution', 'inseq', { text, target, method, ...options }];
  /** @param {(ids: number[]) => Turn} turn @param {number} most */
  const growing = (turn, most) =>
    Object.fromEntries(
      Object.entries(texts)
        .filter(([size]) => Number(size) <= most)
        .map(([size, each]) => [size, turn(each.ids)]),
    );
  return {
    occlusion128: {
      ours: occlude(ids, 'replace'),
      knockout: occlude(ids, 'knockout'),
      torch: ['transformers', 'occlusion', { ids, target: targetId, replacement }],
      captum: ['attribution', 'captum', { text, target }],
      inseq: inseq('occlusion'),
    },
    gradient128: {
      ours: gradient(ids, 'input', 1),
      torch: ['transformers', 'gradient', { ids, target: targetId }],
      inseq: inseq('input_x_gradient'),
    },
    integrated128: {
      ours: gradient(ids, 'integrated', steps),
      inseq: inseq('integrated_gradients', { n_steps: steps }),
    },
    occlusionGrowth: growing((own) => occlude(own, 'replace'), 256),
    gradientGrowth: growing((own) => gradient(own, 'input', 1), 512),
  };
}

/** Numbers of tokens of the texts that are explained. */
export const explainedSizes = [32, 64, 128, 256, 512];

/**
 * @param {Record<string, [string, string, object]>} turns
 * @param {Record<string, import('./worker.mjs').Worker>} sides the sides that are there; turns of other sides are left out
 * @param {{repeats: number, warmups: number, few?: Record<string, number>}} counts `few`: the sides that take fewer turns
 * @returns {Promise<Record<string, {times: ReturnType<typeof summary>, last: object}>>} times in ms, and each turn's last answer
 */
export async function takeTurns(turns, sides, { repeats, warmups, few = {} }) {
  const present = Object.entries(turns).filter(([, [side]]) => sides[side]);
  /** @type {Record<string, number[]>} */
  const samples = Object.fromEntries(present.map(([name]) => [name, []]));
  const last = {};
  for (let round = -warmups; round < repeats; round++) {
    for (const [name, [side, op, parameters]] of present) {
      if (round >= (few[side] ?? repeats)) continue;
      await pause(settleMs);
      last[name] = await sides[side].ask(op, parameters);
      if (round >= 0) samples[name].push(last[name].ms);
    }
  }
  return Object.fromEntries(present.map(([name]) => [name, { times: summary(samples[name]), last: last[name] }]));
}

/** Repeats one operation in a row without a warm-up, because its first run is what is measured. */
export async function again(repeats, work) {
  const answers = [];
  for (let round = 0; round < repeats; round++) {
    await pause(settleMs);
    answers.push(await work(round));
  }
  return answers;
}
