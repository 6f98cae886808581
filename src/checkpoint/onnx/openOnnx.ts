/**
 * Opens an ONNX export of a decoder by optimum or by onnxruntime-genai's builder: weights and what the graph says of itself, with the
 * configuration beside it. The graph is not run; our own is built from its weights.
 */
import { basename, dirname } from 'node:path';
import { clause } from '../../protocol/clauses';
import { endIdsOf } from '../endTokens';
import type { JsonRecord } from '../folder/config';
import { FolderFiles } from '../folder/files';
import type { DigestOptions } from '../hashedFile';
import { malformed, unsupported } from '../modelProblem';
import { OpenedCheckpoint } from '../openedCheckpoint';
import { folderPromptParts, readSpec } from '../openFolder';
import type { Checkpoint, DecoderSpec } from '../types';
import { cachedRotation, configOf, withAttention } from './onnxFacts';
import { type OnnxGraph, readOnnx } from './onnxFile';
import { type Roles, rolesOf } from './onnxRoles';
import { OnnxTensors } from './onnxTensors';
import { OnnxWeights } from './onnxWeights';

/** Files of external data hold what is larger. */
const mostBytes = 2 ** 31 - 1;

/** Rejects with modelMissing, fileUnreadable, modelMalformed, modelUnsupported, modelChanged or cancelled. */
export async function openOnnx(path: string, options: DigestOptions): Promise<Checkpoint> {
  const files = await FolderFiles.of(dirname(path));
  try {
    const { roles, spec, family, values, tensors } = await readOnnxDecoder(files, path);
    const parts = await folderPromptParts(files, spec, files.path);
    const endIds = endIdsOf(parts.tokenizer, [values, (await files.json('generation_config.json')) ?? {}]);
    const content = await files.hash(options);
    return new OpenedCheckpoint({
      ...{ path, family, spec, tensors, parts, endIds, content },
      quantisation: roles.blocks[0].up.blocks
        ? `${roles.blocks[0].up.blocks.bits} bit`
        : (tensors.get('blk.0.ffn_up.weight')?.stored.type ?? 'F32'),
      read: (stored) => stored.bytes(),
      close: () => files.close(),
    });
  } catch (error) {
    await files.close();
    throw error;
  }
}

/** The decoder without its tokenizer. Rejects with modelMalformed or modelUnsupported. */
export async function readOnnxDecoder(files: FolderFiles, path: string) {
  const model = await files.openFile(basename(path));
  if (model.sizeBytes > mostBytes) throw malformed(path, clause('tooLarge'));
  const graph = readOnnx(await files.contentOf(model), path);
  const roles = rolesOf(graph);
  if (typeof roles === 'string') throw unsupported(path, clause('onnxOfOther', graph.producer || '?', roles));
  const weights = new OnnxWeights(files, model);
  const { spec, names, family, values } = await understood(files, graph, roles, weights, path);
  const tensors = await new OnnxTensors(weights, spec, names, path).read(graph, roles);
  return { roles, spec, family, values, tensors };
}

async function understood(files: FolderFiles, graph: OnnxGraph, roles: Roles, weights: OnnxWeights, path: string) {
  const config = await files.json('config.json');
  const values: JsonRecord | null = config ?? configOf((await files.json('genai_config.json')) ?? {}, roles);
  if (!values) throw unsupported(path, clause('folderLacks', 'config.json'));
  const read = readSpec(values, path);
  const rotation = await cachedRotation(graph, weights);
  // The export may part what the configuration ties; the two tables are then read as they are.
  const untied = roles.unembedding.weight !== roles.embedding.weight;
  const spec: DecoderSpec = { ...read.spec, tied: read.spec.tied && !untied };
  const own = withAttention(spec, roles, path);
  if (config || own.positions.learned) return { ...read, spec: own, values };
  if (!rotation) throw unsupported(path, clause('folderLacks', 'config.json'));
  const positions = { learned: false, rotated: rotation.rotated, tables: [rotation.table] };
  return { ...read, spec: { ...own, positions }, values };
}
