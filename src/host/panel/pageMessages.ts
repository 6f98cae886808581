/**
 * Checks the messages of a page before they are used: a page of another version, or one that was tampered with, can send anything. Pure.
 */
import * as v from 'valibot';
import { analysisNames, type Tab, tabOptions, tabs } from '../../analysis/contracts';
import type { ContinuationAction } from '../../analysis/generate/contract';
import { type Options, schemaOf } from '../../analysis/options';
import type { Intent, PanelAction, PanelHostApi, PanelPageApi } from '../../analysis/panel';
import { type Problem, ProblemError } from '../../protocol/problem';
import { longestText } from '../../protocol/textLength';

const longText = v.pipe(v.string(), v.maxLength(longestText));
const shortText = v.pipe(v.string(), v.maxLength(4096));
/** Enough for the Base64 of a large picture, and for a page with every number. */
const fileText = v.pipe(v.string(), v.maxLength(2 ** 29));
const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const between = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most));
const list = <T extends v.GenericSchema>(item: T, most = 10_000) => v.pipe(v.array(item), v.maxLength(most));
const range = v.tuple([count, count]);
const head = v.object({ layer: count, head: count });

/** A schema whose result has the type that the host's code expects: a forgotten field does not compile. */
type Checked<T> = v.GenericSchema<unknown, T>;

const target = v.object({
  text: v.optional(longText),
  span: v.optional(range),
  contrast: v.optional(longText),
});

const intent = v.object({
  ...(Object.fromEntries(tabs.map((tab) => [tab, schemaOf(tabOptions[tab] as Options)])) as unknown as {
    [T in Tab]: Checked<Intent[T]>;
  }),
  version: v.literal(1),
  tab: v.picklist(tabs),
  target,
  continueLast: v.boolean(),
}) satisfies Checked<Intent>;

const generation = v.object({
  options: v.object({
    temperature: between(0, 100),
    topK: count,
    topP: between(0, 1),
    seed: count,
    maxTokens: count,
    minP: between(0, 1),
    repetitionPenalty: between(0, 100),
    top: between(0, 1000),
    prefix: list(count, 100_000),
    keep: v.optional(count),
    steer: v.optional(v.object({ layer: count, direction: list(finite, 100_000), strength: finite })),
  }),
  text: longText,
});

const candidate = v.object({
  id: count,
  text: shortText,
  bytes: v.optional(shortText),
  likely: v.optional(list(v.object({ text: shortText, logprob: finite }))),
  logprob: finite,
});
const rowLength = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000));
const continuation = v.variant('do', [
  v.object({ do: v.picklist(['step', 'rewind', 'cancel', 'clear', 'backToPrompt']) }),
  v.object({ do: v.picklist(['play', 'fresh', 'fiveSeeds']), tokens: rowLength }),
  v.object({ do: v.literal('choose'), row: count }),
  v.object({ do: v.literal('force'), text: longText }),
  v.object({
    do: v.literal('branch'),
    from: v.nullable(count),
    step: count,
    candidate,
    place: v.object({ rank: count, top: list(candidate), entropy: v.nullable(finite) }),
    tokens: rowLength,
  }),
]) satisfies Checked<ContinuationAction>;

const actions: Record<PanelAction, true> = {
  openExample: true,
  goToFile: true,
  openPanel: true,
  showAsText: true,
  explainSelection: true,
  run: true,
  cancel: true,
  restartEngine: true,
  showLog: true,
  openSettings: true,
  pinBaseline: true,
  compareWithFile: true,
  clearBaseline: true,
  tearOff: true,
  chooseModel: true,
  copyCommandLine: true,
  askTarget: true,
  targetFromSelection: true,
  clearTarget: true,
  toggleSaliencyInEditor: true,
  toggleLive: true,
  choosePatchFile: true,
  chooseProbe: true,
  trainProbe: true,
  showEmbeddings: true,
};

const requests: {
  [K in keyof PanelHostApi['requests']]: Checked<K extends 'ready' ? object : PanelHostApi['requests'][K]['params']>;
} = {
  // A saved intent is read field by field in session/restoredIntent.ts.
  ready: v.object({ intent: v.unknown() }),
  attentionHeads: v.object({ heads: list(head) }),
  attentionBetween: v.object({ from: count, to: list(count, 100_000) }),
  logitLens: v.object({
    positions: list(count, 100_000),
    top: between(0, 1000),
    follow: list(count),
    change: v.boolean(),
  }),
  embeddingLayers: v.object({ layers: list(count) }),
  neighbours: v.object({ source: count, position: count, layer: count, count: between(0, 1000) }),
  generate: generation,
  truthDirection: v.object({ layer: count }),
  follow: v.object({ prefix: list(count, 100_000), keep: v.nullable(count), text: longText }),
  vocabulary: v.union([v.object({ ids: list(count, 100_000) }), v.object({ text: longText })]),
  provenance: v.object({ analysis: v.picklist(analysisNames) }),
  action: v.object({ action: v.picklist(Object.keys(actions) as PanelAction[]) }),
  export: v.object({
    suggestedName: shortText,
    format: v.picklist(['svg', 'png', 'csv', 'json', 'html', 'lens']),
    content: fileText,
  }),
};

const events: { [K in keyof PanelPageApi['notifications']]: Checked<PanelPageApi['notifications'][K]> } = {
  setIntent: v.partial(intent),
  select: v.object({
    locked: v.nullable(count),
    hover: v.nullable(count),
    layer: v.nullable(count),
    head: v.nullable(count),
    drawnLayer: v.optional(count),
    drawnHead: v.optional(count),
  }),
  continuation,
  setVariable: v.object({ uri: shortText, name: shortText, value: v.nullable(longText) }),
  revealToken: v.object({ position: count }),
  goToTokens: v.object({ from: count, to: count }),
  revealStatement: v.object({ range }),
  revealTokens: v.object({ positions: list(count, 100_000) }),
};

/** Checks ids and names only; the parameters of a method or event are checked by its own schema. */
const envelope = v.variant('type', [
  v.object({ type: v.literal('request'), id: count, method: shortText, params: v.unknown() }),
  v.object({ type: v.literal('cancel'), id: count }),
  v.object({ type: v.literal('event'), name: shortText, params: v.unknown() }),
]);

/**
 * The message with only the fields that its schema names; null for an invalid one. `refuse` receives the answer to an invalid question;
 * any other invalid message is dropped.
 */
export function checkedMessage(
  message: unknown,
  refuse: (answer: { type: 'error'; id: number; problem: Problem }) => void,
): object | null {
  const { success, output } = v.safeParse(envelope, message);
  if (!success) return null;
  if (output.type === 'cancel') return output;
  const isEvent = output.type === 'event';
  const params = isEvent ? own(events, output.name, output.params) : own(requests, output.method, output.params);
  if (params) return { ...output, params: params.output };
  if (isEvent) return null;
  const { problem } = new ProblemError('unknownRequest', [output.method.slice(0, 80)]);
  refuse({ type: 'error', id: output.id, problem });
  return null;
}

function own(schemas: Record<string, v.GenericSchema>, name: string, params: unknown): { output: unknown } | null {
  if (!Object.hasOwn(schemas, name)) return null;
  const parsed = v.safeParse(schemas[name], params);
  return parsed.success ? { output: parsed.output } : null;
}
