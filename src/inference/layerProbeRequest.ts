/** The request `probe`: reads the rows' states and fits a probe to each layer. Engine only. */
import { setImmediate as breath } from 'node:timers/promises';
import type { ProbeParams, ProbeResult } from '../analysis/probe/contract';
import { checkRows, probeLayers } from '../analysis/probe/layerProbe';
import type { HandlerContext } from '../protocol/channel';
import { ProblemError } from '../protocol/problem';
import type { Progress } from '../protocol/request';
import { RuntimeProducts } from './products';
import { readStatements, readTexts } from './statements';
import type { TruthGround } from './truthRequests';

export async function fitProbe(
  { model, prompt, threads }: TruthGround,
  { rows, frame, ...params }: ProbeParams,
  { signal, progress }: HandlerContext<Progress>,
): Promise<ProbeResult> {
  // The rows are checked before minutes are spent on reading them.
  checkRows(rows, params);
  const total = 2 * rows.length;
  const report = (done: number) => progress({ stage: 'running', done: Math.round(done), total, unit: 'steps' });
  const ground = { model, prompt, signal, onProgress: (done: number) => report(done) };
  const read = frame === 'statement' ? readStatements : readTexts;
  const { layers } = await read(
    ground,
    rows.map(({ text }) => text),
  );
  const products = new RuntimeProducts(threads);
  try {
    return await probeLayers(rows, layers, {
      ...params,
      products,
      width: model.info.width,
      pause: async () => {
        await breath();
        if (signal.aborted) throw new ProblemError('cancelled');
      },
      onProgress: (done, of) => report(rows.length + (done / of) * rows.length),
    });
  } finally {
    await products.release();
  }
}
