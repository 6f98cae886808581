/**
 * Opens a model: a Hugging Face folder, or a GGUF file. Everything about the file is checked here, once, so that a
 * caller can trust what it gets.
 */
import { basename } from 'node:path';
import { GGMLFileQuantizationType, GGUF_QUANT_RE } from '@huggingface/gguf';
import { noteOnCutting } from './byteLevelTokenizer';
import { ChatTemplate } from './chatTemplate';
import { checkTensors } from './checkTensors';
import { endsByText } from './endTokens';
import { type GgufFile, openGguf } from './ggufFile';
import { ggufTensors } from './ggufTensors';
import { type GgufTokenizer, readTokenizer } from './ggufTokenizer';
import { changed, type DigestOptions, HashedFile, stampOfPath } from './hashedFile';
import { readHyperParameters } from './hyperParameters';
import type { Metadata } from './metadata';
import { placeOfModel } from './modelPlace';
import { throwIfAborted } from './modelProblem';
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
  return place.folder ? openFolder(place.path, options) : openFile(place.path, options);
}

async function openFile(path: string, options: OpenOptions): Promise<Checkpoint> {
  const before = await stampOfPath(path);
  const file = await openGguf(path);
  try {
    const spec = readHyperParameters(file.metadata, file.tensors, path);
    const tensors = ggufTensors(file.tensors, file.metadata.string('general.architecture'), spec);
    checkTensors(spec, tensors, path);
    const tokenizer = readTokenizer(file.metadata, path, spec.vocabulary);
    const content = await HashedFile.hash(file.handle, path, options);
    // The header was read before the hash, so both must come from the same state of the file.
    if ((await stampOfPath(path)) !== before) throw changed(path);
    const note = noteOnCutting(file.metadata);
    return new OpenedCheckpoint({
      ...{ path, spec, tensors, content },
      quantisation: quantisationOf(file),
      family: file.metadata.string('general.architecture'),
      parts: promptParts(file.metadata, tokenizer, nameOf(path)),
      endIds: endIdsOf(file.metadata, tokenizer.tokenizer),
      ...(note ? { notes: [note] } : {}),
      read: (stored) => readStored(file.handle, stored, path),
      close: () => file.handle.close(),
    });
  } catch (error) {
    await file.handle.close();
    throw error;
  }
}

/** The file's name without its extension and quantisation, by which people know the model. */
function nameOf(path: string): string {
  const stem = basename(path).replace(/\.gguf$/i, '');
  return stem.replace(new RegExp(`[.-](?:${GGUF_QUANT_RE.source.replace(/\?<\w+>/g, '?:')})$`, 'i'), '') || stem;
}

/** The quantisation that the file states; otherwise the type that most of its bytes have. */
function quantisationOf({ metadata, tensors }: GgufFile): string {
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
