/**
 * Opens a model: a Hugging Face folder, a GGUF file, or an ONNX export. Everything about the file is checked here, once, so that a
 * caller can trust what it gets.
 */
import { basename } from 'node:path';
import { GGMLFileQuantizationType, GGUF_QUANT_RE } from '@huggingface/gguf';
import { noteOnCutting } from './byteLevelTokenizer';
import { ChatTemplate } from './chatTemplate';
import { checkTensors } from './checkTensors';
import { endsByText } from './endTokens';
import { assumptions } from './families/gguf';
import { type GgufModel, openGgufModel, wholeName } from './ggufShards';
import { ggufTensors } from './ggufTensors';
import { type GgufTokenizer, readTokenizer } from './ggufTokenizer';
import type { DigestOptions } from './hashedFile';
import { readHyperParameters } from './hyperParameters';
import type { Metadata } from './metadata';
import { isOnnx, placeOfModel } from './modelPlace';
import { throwIfAborted } from './modelProblem';
import { openOnnx } from './onnx/openOnnx';
import { OpenedCheckpoint } from './openedCheckpoint';
import { openFolder } from './openFolder';
import type { PromptParts } from './promptBuilder';
import { readStored } from './tensorReader';
import type { Checkpoint, Tokenizer } from './types';

export type OpenOptions = DigestOptions;

/**
 * Reads the header, builds the tokenizer and hashes the file (progress counts the bytes hashed).
 * Rejects with modelMissing, fileUnreadable, modelMalformed, modelUnsupported, modelChanged or cancelled.
 */
export async function openCheckpoint(path: string, options: OpenOptions = {}): Promise<Checkpoint> {
  throwIfAborted(options.signal);
  const place = await placeOfModel(path);
  if (place.folder) return openFolder(place.path, options);
  return isOnnx(place.path) ? openOnnx(place.path, options) : openFile(place.path, options);
}

async function openFile(given: string, options: OpenOptions): Promise<Checkpoint> {
  const file = await openGgufModel(given);
  const { path, metadata } = file;
  try {
    const spec = readHyperParameters(metadata, file.tensors, path);
    const tensors = ggufTensors(file.tensors, metadata.string('general.architecture'), spec);
    checkTensors(spec, tensors, path);
    const tokenizer = readTokenizer(metadata, path, spec.vocabulary);
    const content = await file.hash(options);
    const cutting = noteOnCutting(metadata);
    const notes = [...(cutting ? [cutting] : []), ...assumptions(metadata)];
    return new OpenedCheckpoint({
      ...{ path, spec, tensors, content },
      quantisation: quantisationOf(file),
      family: metadata.string('general.architecture'),
      parts: promptParts(metadata, tokenizer, nameOf(path)),
      endIds: endIdsOf(metadata, tokenizer.tokenizer),
      ...(notes.length > 0 ? { notes } : {}),
      read: (stored) => readStored(stored.part.handle, stored, stored.part.path),
      close: () => file.close(),
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The file's name without its extension and quantisation, by which people know the model. */
function nameOf(path: string): string {
  const stem = wholeName(basename(path)).replace(/\.gguf$/i, '');
  return stem.replace(new RegExp(`[.-](?:${GGUF_QUANT_RE.source.replace(/\?<\w+>/g, '?:')})$`, 'i'), '') || stem;
}

/** The quantisation that the file states; otherwise the type that most of its bytes have. */
function quantisationOf({ metadata, tensors }: GgufModel): string {
  const named = metadata.has('general.file_type') && GGMLFileQuantizationType[metadata.number('general.file_type')];
  if (named) return named;
  const bytes = new Map<string, number>();
  for (const { type, sizeBytes } of tensors.values()) bytes.set(type, (bytes.get(type) ?? 0) + sizeBytes);
  return [...bytes].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0];
}

function specialId(metadata: Metadata, kind: string, tokenizer: Tokenizer): number | null {
  const key = `tokenizer.ggml.${kind}_token_id`;
  return metadata.has(key) ? metadata.count(key, 0, tokenizer.size - 1) : null;
}

/**
 * The tokens for end of turn, of text and of message that the file names, and the end-of-text entry that base models of the same
 * vocabulary use.
 */
function endIdsOf(metadata: Metadata, tokenizer: Tokenizer): number[] {
  const ids = ['eos', 'eot', 'eom'].map((kind) => specialId(metadata, kind, tokenizer));
  return [...new Set([...ids, ...endsByText(tokenizer)])].filter((id) => id !== null);
}

function promptParts(metadata: Metadata, { tokenizer, beginId, endId }: GgufTokenizer, name: string): PromptParts {
  const key = 'tokenizer.chat_template';
  const named: Record<string, string> = {};
  for (const [kind, variable] of Object.entries({ bos: 'bos', eos: 'eos', unknown: 'unk', padding: 'pad' })) {
    const id = specialId(metadata, kind, tokenizer);
    if (id !== null) named[`${variable}_token`] = tokenizer.text(id);
  }
  const template = metadata.has(key) ? new ChatTemplate(metadata.string(key), named) : null;
  return { tokenizer, template, beginId, endId, name };
}
