/** Fuzzes what a page may send to the host, and what it kept from before a reload. */

import type { PanelHostApi, PanelPageApi } from '../../src/analysis/panel';
import { checkedMessage } from '../../src/host/panel/pageMessages';
import { initialIntent } from '../../src/host/session/panelDefaults';
import { restoredIntent } from '../../src/host/session/restoredIntent';
import { Channel } from '../../src/protocol/channel';
import { failures } from '../../src/protocol/problem';
import { type FuzzReader, must } from './check';
import { mutatedJson, oneOf } from './mutate';

const generation = {
  maxTokens: 8,
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 1,
  top: 5,
  prefix: [1],
};
const request = (method: keyof PanelHostApi['requests'], params: unknown) => ({
  type: 'request',
  id: 3,
  method,
  params,
});
const event = (name: keyof PanelPageApi['notifications'], params: unknown) => ({ type: 'event', name, params });

const messages: unknown[] = [
  request('ready', { intent: initialIntent }),
  request('attentionHeads', { heads: [{ layer: 1, head: 2 }] }),
  request('attentionBetween', { from: 3, to: [1, 2] }),
  request('logitLens', { positions: [0, 4], top: 5, follow: [7], change: true }),
  request('embeddingLayers', { layers: [1, 2] }),
  request('neighbours', { source: 0, position: 1, layer: 2, count: 5 }),
  request('generate', { options: generation, text: 'Once' }),
  request('generate', { options: { ...generation, steer: { layer: 2, direction: [0.5, 1], strength: 1 } } }),
  request('truthDirection', { layer: 4 }),
  request('vocabulary', { ids: [1, 2] }),
  request('vocabulary', { text: ' Paris' }),
  request('action', { action: 'run' }),
  request('export', { suggestedName: 'a.svg', format: 'svg', content: '<svg/>' }),
  event('setIntent', initialIntent),
  event('setIntent', { target: { text: 'a', span: [1, 2], contrast: 'b' }, tab: 'lie' }),
  event('select', { locked: 1, hover: null, layer: 0, head: null }),
  event('revealToken', { position: 3 }),
  event('revealStatement', { range: [1, 4] }),
  event('revealTokens', { positions: [1, 2] }),
  { type: 'cancel', id: 3 },
];

export const pageReader: FuzzReader = {
  name: 'page',
  ending: 'json',
  input: (random) => JSON.stringify(mutatedJson(random, oneOf(random, messages))) ?? 'null',
  read: (input) => {
    const message: unknown = JSON.parse(String(input));
    const checked = checkedMessage(message, ({ id }) => must(Number.isSafeInteger(id), 'a refusal answers a question'));
    const posted: unknown[] = [];
    let hear: (message: unknown) => void = () => {};
    const port = {
      post: (each: unknown) => posted.push(each),
      onMessage: (listener: typeof hear) => (hear = listener),
      onClose: () => {},
    };
    new Channel<PanelPageApi, PanelHostApi>(port, failures);
    if (checked) hear(checked);
    const kept = (message as { params?: { intent?: unknown } } | null)?.params;
    for (const saved of [message, kept, (kept as { intent?: unknown } | undefined)?.intent]) {
      const intent = restoredIntent(saved, initialIntent);
      const again = intent && checkedMessage(event('setIntent', intent), () => {});
      must(again !== null || intent === null, 'a restored intent is one that a page may send');
    }
  },
};
