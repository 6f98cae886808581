/**
 * What a page kept from before a reload, as an intent of this version: older versions lack fields, and storage may hold anything.
 * Each field that is not what it should be is the initial one. Pure; used by panel/lensPanel.ts.
 */

import type { Tab } from '../../analysis/contracts';
import type { EmbeddingsIntent } from '../../analysis/embeddings/contract';
import type { LayersIntent } from '../../analysis/logitLens/contract';
import type { Intent } from '../../analysis/panel';
import type { PatchingIntent } from '../../analysis/patching/contract';
import type { SaliencyIntent, SaliencyMethod } from '../../analysis/saliency/contract';
import type { TargetSpec, UnitKind } from '../../analysis/shared/contract';
import type { LieIntent } from '../../analysis/truth/contract';

type Fields = Record<string, unknown>;

const tabs: readonly Tab[] = ['probabilities', 'attention', 'saliency', 'layers', 'patching', 'embeddings', 'lie'];
/** `selection` is not among them: what was selected is not kept. */
export const units: readonly UnitKind[] = [
  'token',
  'word',
  'sentence',
  'line',
  'paragraph',
  'message',
  'example',
  'match',
  'slot',
];
export const methods: readonly SaliencyMethod[] = [
  'occlusion',
  'input',
  'norm',
  'integrated',
  'attention',
  'rollout',
  'attentionGradient',
];
export const maps: readonly LayersIntent['map'][] = [
  'knockout',
  'attentionGradient',
  'induction',
  'previousToken',
  'sinkMass',
];

/** A second prompt longer than any context is no second prompt. */
const longestText = 400_000;
const longestPath = 4096;
/** Of chosen heads and marks; tokens whose line is drawn. */
const longestList = 10_000;
const mostPins = 100;

/** `initial` fills what `saved` lacks; null when nothing that deserves the name was saved. */
export function restoredIntent(saved: unknown, initial: Intent): Intent | null {
  const fields = fieldsOf(saved);
  if (fields.version !== 1) return null;
  const { sampling } = initial;
  const drawn = fieldsOf(fields.sampling);
  return {
    version: 1,
    tab: oneOf(tabs, fields.tab, initial.tab),
    tint: oneOf(['surprisal', 'rank'], fields.tint, initial.tint),
    sink: oneOf(['raw', 'hide', 'renormalise'], fields.sink, initial.sink),
    headSort: textOr(fields.headSort, initial.headSort),
    headOrder: oneOf(['number', 'strongest'], fields.headOrder, initial.headOrder),
    heads: list(fields.heads).flatMap((each) => {
      const { layer, head } = fieldsOf(each);
      return isCount(layer) && isCount(head) ? [{ layer, head }] : [];
    }),
    sampling: {
      temperature: numberOr(drawn.temperature, 0, 100, sampling.temperature),
      topK: isCount(drawn.topK) ? drawn.topK : sampling.topK,
      topP: numberOr(drawn.topP, 0, 1, sampling.topP),
      seed: isCount(drawn.seed) ? drawn.seed : sampling.seed,
    },
    gamma: numberOr(fields.gamma, 0, 10, initial.gamma),
    target: targetOf(fieldsOf(fields.target)),
    continueLast: fields.continueLast === true,
    saliency: saliencyOf(fieldsOf(fields.saliency), initial.saliency),
    layers: layersOf(fieldsOf(fields.layers), initial.layers),
    patching: patchingOf(fieldsOf(fields.patching), initial.patching),
    lie: lieOf(fieldsOf(fields.lie), initial.lie),
    embeddings: embeddingsOf(fieldsOf(fields.embeddings), initial.embeddings),
  };
}

/** Without a span: the text may have changed while nobody looked, and positions alone would then point at other words. */
function targetOf({ text, contrast }: Fields): TargetSpec {
  const given = (value: unknown): value is string => typeof value === 'string' && value !== '';
  return { ...(given(text) ? { text } : {}), ...(given(contrast) ? { contrast } : {}) };
}

function saliencyOf(fields: Fields, initial: SaliencyIntent): SaliencyIntent {
  const chosen = list(fields.methods).flatMap((method) => methods.find((known) => known === method) ?? []);
  return {
    by: oneOf(units, fields.by, initial.by),
    operator: oneOf(['knockout', 'delete', 'replace'], fields.operator, initial.operator),
    scope: oneOf(['all', 'user'], fields.scope, initial.scope),
    pattern: textOr(fields.pattern, initial.pattern),
    methods: chosen.length === 0 ? initial.methods : [...new Set(chosen)],
    style: oneOf(['bars', 'heat', 'underline'], fields.style, initial.style),
    range: numberOr(fields.range, 0.05, 1, initial.range),
    inEditor: typeof fields.inEditor === 'boolean' ? fields.inEditor : initial.inEditor,
  };
}

function layersOf(fields: Fields, initial: LayersIntent): LayersIntent {
  return {
    section: oneOf(['lens', 'heads', 'examples'], fields.section, initial.section),
    cell: oneOf(['top', 'entropy', 'change'], fields.cell, initial.cell),
    pins: list(fields.pins)
      .slice(0, mostPins)
      .flatMap((each) => {
        const { id, text } = fieldsOf(each);
        return isCount(id) && isShort(text) ? [{ id, text }] : [];
      }),
    map: oneOf(maps, fields.map, initial.map),
  };
}

function patchingOf({ from, map }: Fields, initial: PatchingIntent): PatchingIntent {
  return {
    from: textOr(from, initial.from, longestText),
    map: oneOf(['residual', 'heads'], map, initial.map),
  };
}

function embeddingsOf(fields: Fields, initial: EmbeddingsIntent): EmbeddingsIntent {
  const { axis, template, groupBy, layer } = fields;
  const direction = Array.isArray(axis) && axis.length > 0 && axis.every((value) => Number.isFinite(value));
  return {
    source: oneOf(['auto', 'prompt', 'lines', 'table', 'open'], fields.source, initial.source),
    at: oneOf(['auto', 'pattern', 'tokens', 'last'], fields.at, initial.at),
    pattern: textOr(fields.pattern, initial.pattern),
    template: textOr(template, initial.template),
    groupBy: textOr(groupBy, initial.groupBy),
    marks: list(fields.marks).flatMap((each) => {
      const { text, group } = fieldsOf(each);
      return isCount(text) && isShort(group) ? [{ text, group }] : [];
    }),
    method: oneOf(['pca', 'umap', 'tsne'], fields.method, initial.method),
    basis: oneOf(['own', 'frozen'], fields.basis, initial.basis),
    basisLayer: isCount(fields.basisLayer) ? fields.basisLayer : initial.basisLayer,
    leaveOutMassive: typeof fields.leaveOutMassive === 'boolean' ? fields.leaveOutMassive : initial.leaveOutMassive,
    seed: isCount(fields.seed) ? fields.seed : initial.seed,
    axis: direction ? (axis as number[]) : initial.axis,
    layer: isCount(layer) ? layer : initial.layer,
  };
}

function lieOf(
  { section, probe, frame, task, label, groupBy, template, steer }: Fields,
  initial: LieIntent,
): LieIntent {
  const { text, strength, layer, tokens } = fieldsOf(steer);
  return {
    section: oneOf(['statements', 'answer', 'probe'], section, initial.section),
    probe: textOr(probe, initial.probe, longestPath),
    frame: oneOf(['plain', 'statement'], frame, initial.frame),
    task: oneOf(['auto', 'classes', 'number'], task, initial.task),
    label: textOr(label, initial.label, longestPath),
    groupBy: textOr(groupBy, initial.groupBy, longestPath),
    template: textOr(template, initial.template, longestPath),
    steer: {
      text: textOr(text, initial.steer.text, longestText),
      strength: numberOr(strength, -100, 100, initial.steer.strength),
      layer: isCount(layer) ? layer : initial.steer.layer,
      tokens: numberOr(tokens, 1, 1000, initial.steer.tokens),
    },
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, longestList) : [];
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestPath;
}

function oneOf<T extends string>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find((each) => each === value) ?? otherwise;
}

function textOr<T extends string | null>(value: unknown, otherwise: T, longest = longestPath): string | T {
  return typeof value === 'string' && value.length <= longest ? value : otherwise;
}

function numberOr(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === 'number' && value >= least && value <= most ? value : otherwise;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
