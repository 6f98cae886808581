/**
 * The requests `embeddings` and `neighbours`. The states of the last points are kept, so that another layer, method or neighbour
 * costs no pass. Engine only.
 */
import { setImmediate as breath } from 'node:timers/promises';
import type { EngineApi } from '../analysis/contracts';
import type { EmbeddingsParams, EmbeddingsResult, NeighboursResult } from '../analysis/embeddings/contract';
import {
  choosePoints,
  cosine,
  embeddings,
  nearestPoints,
  type PointStates,
  readPoints,
} from '../analysis/embeddings/embeddings';
import type { Model } from '../analysis/shared/model';
import type { HandlerContext } from '../protocol/channel';
import { clause } from '../protocol/clauses';
import type { Prompt, PromptInput } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Progress } from '../protocol/request';
import type { EmbeddingTable } from './embeddingTable';
import { matchRangesIn } from './safeRegex';

export interface EmbeddingsGround {
  model: Model;
  table: Pick<EmbeddingTable, 'rows'>;
  prompt: (input: PromptInput) => Promise<Prompt>;
}

/** Rows of the table that are dequantised at a time. */
const tableRows = 4096;

export class EmbeddingsRequests {
  private kept: { key: string; states: PointStates } | null = null;

  async embeddings(
    ground: EmbeddingsGround,
    params: EmbeddingsParams,
    { signal, progress }: HandlerContext<Progress>,
  ): Promise<EmbeddingsResult> {
    const states = await this.states(ground, params, { signal, progress });
    const { layers } = ground.model.info;
    const wrong = [...params.layers, params.basisLayer].find(
      (layer) => !(Number.isInteger(layer) && layer >= 0 && layer <= layers),
    );
    if (wrong !== undefined) throw new ProblemError('outOfRange', [clause('layer'), 0, layers]);
    return embeddings(states, ground.model.info.width, {
      ...params,
      onProgress: steps(progress),
      pause: async () => {
        await breath();
        if (signal.aborted) throw new ProblemError('cancelled');
      },
    });
  }

  async neighbours(
    ground: EmbeddingsGround,
    { point, layer, count, ...params }: EngineApi['requests']['neighbours']['params'],
    context: HandlerContext<Progress>,
  ): Promise<NeighboursResult> {
    const { layers, points } = await this.states(ground, params, context);
    const { width } = ground.model.info;
    const states = layers.get(layer);
    const index = points.findIndex((each) => each.source === point.source && each.position === point.position);
    if (!states || index < 0) throw new ProblemError('outOfRange', [clause('point'), 0, points.length - 1]);
    const own = states.subarray(index * width, (index + 1) * width);
    return {
      points: nearestPoints(states, width, index, count).map(({ index: other, cosine: near }) => ({
        source: points[other].source,
        position: points[other].position,
        cosine: near,
      })),
      vocabulary: layer === 0 ? nearestWords(ground, own, count) : null,
    };
  }

  private async states(
    { model, prompt }: EmbeddingsGround,
    { texts, at }: EmbeddingsParams,
    { signal, progress }: HandlerContext<Progress>,
  ): Promise<PointStates> {
    // The groups are not part of the key: another grouping of the same texts needs no pass.
    const key = JSON.stringify([model.info.sha256, texts.map(({ input }) => input), at]);
    if (this.kept?.key !== key) {
      this.kept = null;
      const prompts: Prompt[] = [];
      for (const { input } of texts) prompts.push(await prompt(input));
      const matches =
        at.kind === 'pattern'
          ? matchRangesIn(
              at.pattern,
              prompts.map(({ rendered }) => rendered),
            )
          : [];
      const around = at.kind === 'pattern' && at.around === true;
      const chosen = choosePoints(
        prompts,
        texts.map(({ group }) => group),
        at.kind,
        matches,
        around,
      );
      const states = await readPoints(model, prompts, chosen, { signal, onProgress: steps(progress) });
      this.kept = { key, states };
    }
    const { states } = this.kept;
    return { ...states, points: states.points.map((point) => ({ ...point, group: texts[point.source].group })) };
  }
}

/** The vocabulary entries whose embeddings are closest in direction; the token's own entry is among them. */
function nearestWords({ model, table }: EmbeddingsGround, own: Float32Array, count: number) {
  const { vocabulary, width } = model.info;
  let best: { id: number; cosine: number }[] = [];
  for (let from = 0; from < vocabulary; from += tableRows) {
    const ids = Array.from({ length: Math.min(tableRows, vocabulary - from) }, (_, at) => from + at);
    const rows = table.rows([ids]);
    const found = ids.map((id, at) => ({ id, cosine: cosine(own, rows.subarray(at * width, (at + 1) * width)) }));
    best = [...best, ...found].sort((a, b) => b.cosine - a.cosine || a.id - b.id).slice(0, count);
  }
  return best.map(({ id, cosine: near }) => ({ id, text: model.text(id), cosine: near }));
}

const steps = (progress: (p: Progress) => void) => (done: number, total: number) =>
  progress({ stage: 'running', done, total, unit: 'steps' });
