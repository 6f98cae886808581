/** Scenes of the Saliency tab: looks, themes, partial and refused results, long prompts, the table twin. */
import { existsSync, readFileSync } from 'node:fs';

const path = (name) => new URL(`../fixtures/panel/${name}.json`, import.meta.url);
const recorded = (name) => (existsSync(path(name)) ? JSON.parse(readFileSync(path(name), 'utf8')) : null);
const prompt = (name) => recorded(name)?.prompt;

const tab = { tab: 'saliency' };
const saliency = (intent) => ({ intent: { target: { text: ' negative', contrast: ' positive' }, saliency: intent } });
const contrast = { text: ' negative', contrast: ' positive' };
const locked = { ...tab, locked: 14, intent: { target: contrast } };
const seven = ['occlusion', 'input', 'integrated', 'norm', 'attention', 'rollout', 'attentionGradient'];

/**
 * A state with another recording in place of the document's own.
 * @param {string} document
 * @param {string} recording
 * @param {{kind: string, [field: string]: unknown}} state
 */
function other(document, recording, state = { kind: 'ready', runMs: 2100, at: 0 }) {
  const data = { prompt: prompt(document), ...recorded(recording) };
  const field = state.kind === 'running' || state.kind === 'failed' ? 'previous' : 'data';
  return { ...tab, doc: document, views: { saliency: { ...state, [field]: data } } };
}

function changed(document, recording, change) {
  const scene = other(document, recording);
  change(scene.views.saliency.data.result);
  return scene;
}

const running = {
  kind: 'running',
  elapsedMs: 4200,
  progress: { stage: 'running', done: 21_000, total: 98_000, unit: 'tokens' },
};

const refused = () =>
  changed('reviews', 'reviews.saliency', (result) => {
    const integrated = result.methods.find(({ method }) => method === 'integrated');
    integrated.refused = {
      code: 'outOfMemory',
      message: 'There is not enough memory: this needs about 2,400 MB.',
      remedy: 'Shorten the prompt, or select a part of it.',
      args: ['2,400'],
    };
    integrated.scores = integrated.scores.map(() => null);
    integrated.faithfulness = null;
    result.warnings.push({ kind: 'saturated', probability: 0.9994 }, { kind: 'coarser', asked: 'token', used: 'word' });
    result.target.contrast = null;
  });

/** The recording halfway: two of three units have scores by the first method, and there are no curves yet. */
function partial(document) {
  const scene = other(document, `${document}.saliency`, running);
  const { result } = scene.views.saliency.previous;
  for (const method of result.methods) method.faithfulness = null;
  result.methods[0].scores = result.methods[0].scores.map((score, unit) => (unit % 3 === 2 ? score : null));
  result.agreement[0] = result.agreement[0].map(() => null);
  for (const row of result.agreement) row[0] = null;
  result.complete = false;
  return scene;
}

/** The recording while the slowest method runs: only the first method has its faithfulness curve. */
function firstCurve(document) {
  const scene = other(document, `${document}.saliency`, running);
  const { result } = scene.views.saliency.previous;
  for (const method of result.methods.slice(1)) method.faithfulness = null;
  const slowest = result.methods.find(({ method }) => method === 'integrated');
  slowest.scores = slowest.scores.map(() => null);
  slowest.completeness = null;
  result.complete = false;
  return scene;
}

/** The recording as a long prompt's would be, with only the points that `used` steps have. */
function fewerSteps(document, used) {
  return changed(document, `${document}.saliency`, ({ methods, warnings }) => {
    const every = 10 / used;
    const some = (values) => values.filter((_, step) => step % every === 0);
    const area = ([first, ...rest]) => (first / 2 + rest.reduce((sum, value) => sum + value) - rest.at(-1) / 2) / used;
    for (const { faithfulness: found } of methods.filter(({ faithfulness }) => faithfulness)) {
      for (const key of ['fractions', 'mostFirst', 'leastFirst']) found[key] = some(found[key]);
      for (const key of ['mean', 'spread']) found.random[key] = some(found.random[key]);
      for (const key of ['mostFirst', 'leastFirst']) found.area[key] = area(found[key]);
      found.area.random = area(found.random.mean);
    }
    warnings.push({ kind: 'fewerSteps', asked: 10, used });
  });
}

/** A long prompt by knock-out alone, with `known` of its scores and estimates for the rest. */
function ranking(known, state) {
  const scene = other('tickets', 'tickets.saliencyPartial', state);
  const { result } = scene.views.saliency.data ?? scene.views.saliency.previous;
  const size = (unit) => ((unit * 37) % 19) / 10 - 0.6;
  const [occlusion] = result.methods;
  occlusion.faithfulness = null;
  occlusion.scores = occlusion.scores.map((_, unit) => (unit % 4 < known ? size(unit) ** 3 : null));
  occlusion.scores[0] = 7.2;
  result.methods = [occlusion];
  result.agreement = [[1]];
  result.random = null;
  result.complete = known === 4;
  result.estimate = { method: 'attentionGradient', scores: result.units.map((_, unit) => size(unit) / 2) };
  return scene;
}

export const scenes = {
  'saliency-dark-1400': { width: 1400, height: 1120, scene: locked },
  'saliency-dark-880': { width: 880, height: 1120, scene: locked },
  'saliency-light-520': { theme: 'light', width: 520, height: 2000, scene: locked },
  'saliency-hc-600': { theme: 'hc', width: 600, height: 1900, scene: locked },
  'saliency-hclight-1400': { theme: 'hcLight', width: 1400, height: 1120, scene: locked },
  'saliency-dark-heat': { width: 880, height: 900, scene: { ...locked, ...saliency({ style: 'heat' }) } },
  'saliency-light-heat': {
    theme: 'light',
    width: 520,
    height: 1500,
    scene: { ...locked, ...saliency({ style: 'heat' }) },
  },
  'saliency-hc-heat': { theme: 'hc', width: 880, height: 900, scene: { ...locked, ...saliency({ style: 'heat' }) } },
  'saliency-light-underline': {
    theme: 'light',
    width: 880,
    height: 900,
    scene: { ...locked, ...saliency({ style: 'underline', inEditor: true }) },
  },
  'saliency-dark-sentiment': { width: 880, height: 820, scene: { ...tab, doc: 'sentiment' } },
  'saliency-light-reliable': {
    theme: 'light',
    width: 880,
    height: 820,
    scene: changed('sentiment', 'sentiment.saliency', ({ methods }) => {
      const integrated = methods.find(({ method }) => method === 'integrated');
      integrated.completeness = { sum: 2.08, difference: 1.9991, steps: 512, baseline: 'zero', reliable: true };
    }),
  },
  'saliency-dark-integrated-heat': {
    width: 880,
    height: 700,
    scene: { ...tab, doc: 'sentiment', ...saliency({ style: 'heat', methods: ['integrated', 'occlusion'] }) },
  },
  'saliency-light-sentiment-520': { theme: 'light', width: 520, height: 1400, scene: { ...tab, doc: 'sentiment' } },
  'saliency-dark-chat': { width: 880, height: 1000, scene: { ...tab, doc: 'mountain' } },
  'saliency-dark-ranking-520': { width: 520, height: 1500, scene: ranking(1, running) },
  'saliency-light-ranking-1400': { theme: 'light', width: 1400, height: 1500, scene: ranking(4) },
  'saliency-hc-ranking-520': { theme: 'hc', width: 520, height: 1500, scene: ranking(2) },
  'saliency-dark-long': { width: 1400, height: 1100, scene: other('tickets', 'tickets.saliencyPartial') },
  'saliency-light-running': { theme: 'light', width: 880, height: 1100, scene: partial('reviews') },
  'saliency-dark-running-heat': {
    width: 520,
    height: 1500,
    scene: { ...partial('reviews'), ...saliency({ style: 'heat' }) },
  },
  'saliency-dark-partial': { width: 880, height: 1100, scene: other('tickets', 'tickets.saliencyPartial', running) },
  'saliency-light-partial-heat': {
    theme: 'light',
    width: 520,
    height: 1400,
    scene: { ...other('tickets', 'tickets.saliencyPartial', running), ...saliency({ style: 'heat' }) },
  },
  'saliency-dark-seven': {
    width: 1400,
    height: 1500,
    scene: { ...other('reviews', 'reviews.saliencySeven'), ...saliency({ by: 'token', methods: seven }) },
  },
  'saliency-dark-refused': { width: 880, height: 1100, scene: refused() },
  'saliency-dark-failed': {
    width: 880,
    height: 500,
    scene: {
      ...tab,
      views: {
        saliency: {
          kind: 'failed',
          previous: null,
          problem: {
            code: 'patternSlow',
            args: ['/(a+)+$/'],
          },
        },
      },
    },
  },
  'saliency-dark-stale': {
    width: 880,
    height: 1000,
    scene: other('reviews', 'reviews.saliency', { kind: 'stale', exactTokens: 47 }),
  },
  'saliency-dark-pattern': {
    width: 880,
    height: 1000,
    scene: { ...tab, ...saliency({ by: 'match', pattern: '/positive|negative/' }) },
  },
  'saliency-dark-hover': {
    width: 880,
    height: 900,
    scene: tab,
    act: async (page) => {
      const staves = page.locator('.saliency-staves');
      await staves.hover({ position: { x: 190, y: 130 } });
    },
  },
  'saliency-light-both': {
    theme: 'light',
    width: 1400,
    height: 1100,
    scene: tab,
    act: (page) => page.click('[role="radio"][data-value="both"]'),
  },
  'saliency-dark-steps-1400': { width: 1400, height: 1120, scene: fewerSteps('reviews', 5) },
  'saliency-light-steps-600': { theme: 'light', width: 600, height: 1900, scene: fewerSteps('sentiment', 2) },
  'saliency-light-steps-1400': { theme: 'light', width: 1400, height: 1120, scene: fewerSteps('reviews', 2) },
  'saliency-dark-first': { width: 880, height: 1500, scene: firstCurve('reviews') },
  'saliency-dark-steps-600': {
    width: 600,
    height: 1900,
    scene: fewerSteps('reviews', 5),
    act: (page) => page.click('[role="radio"][data-value="both"]'),
  },
  'saliency-dark-methods': { width: 880, height: 700, scene: tab, act: (page) => page.click('.choice') },
  'saliency-light-table': {
    theme: 'light',
    width: 880,
    height: 900,
    scene: locked,
    act: (page) => page.click('.foot .link'),
  },
};
