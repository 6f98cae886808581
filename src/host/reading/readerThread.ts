/** The thread in which prompts are read: a long line or a template's loops must not keep the extension host from the user's typing. */
import { parentPort } from 'node:worker_threads';
import { type Problem, ProblemError } from '../../protocol/problem';
import { type Packed, packed } from './packed';
import { type Asked, readNow } from './readNow';

/** `asked`: the files that the prompt named, also where it could not be read. */
export type Answer = { id: number; asked: string[] } & ({ packed: Packed } | { problem: Problem });

parentPort?.on('message', ({ id, ...wanted }: Asked & { id: number }) => {
  const { answer, buffers } = answerTo(id, wanted);
  parentPort?.postMessage(answer, buffers);
});

function answerTo(id: number, wanted: Asked): { answer: Answer; buffers: ArrayBuffer[] } {
  const asked = new Set<string>();
  try {
    const read = packed(readNow(wanted, asked));
    return { answer: { id, asked: [...asked], packed: read }, buffers: read.places.map(({ buffer }) => buffer) };
  } catch (error) {
    const { problem } = ProblemError.wrap(error);
    return { answer: { id, asked: [...asked], problem }, buffers: [] };
  }
}
