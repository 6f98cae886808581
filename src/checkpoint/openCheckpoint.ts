/**
 * Opens a model: a Hugging Face folder, or a GGUF file of the llama family. Everything about the file is checked here, once, so that a
 * caller can trust what it gets.
 */
import { basename } from 'node:path';
import { GGMLFileQuantizationType, GGUF_QUANT_RE } from '@huggingface/gguf';
import { type Clause, clause } from '../protocol/clauses';
import type { Prompt, PromptInput } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { noteOnCutting } from './byteLevelTokenizer';
import { ChatTemplate } from './chatTemplate';
import { checkTensors } from './checkTensors';
import { endsByText } from './endTokens';
import { type GgufFile, openGguf } from './ggufFile';
import { ggufTensors, type SeenTensor } from './ggufTensors';
import { type GgufTokenizer, readTokenizer } from './ggufTokenizer';
import { changed, type DigestOptions, HashedFile, stampOfPath } from './hashedFile';
import { readHyperParameters } from './hyperParameters';
import type { Metadata } from './metadata';
import { placeOfModel } from './modelPlace';
import { throwIfAborted } from './modelProblem';
import { openFolder } from './openFolder';
import { buildPrompt, type PromptParts } from './promptBuilder';
import { dequantiseTensor, readStored } from './tensorReader';
import { viewed } from './tensorView';
import type { Checkpoint, DecoderSpec, Tokenizer } from './types';

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
    return new GgufCheckpoint(path, file, spec, tensors, tokenizer, content);
  } catch (error) {
    await file.handle.close();
    throw error;
  }
}

class GgufCheckpoint implements Checkpoint {
  readonly name: string;
  readonly sha256: string;
  readonly quantisation: string;
  readonly family: string;
  readonly hasTemplate: boolean;
  readonly endIds: readonly number[];
  readonly notes?: readonly Clause[];
  readonly tokenizer: Tokenizer;
  private readonly parts: PromptParts;

  constructor(
    readonly path: string,
    private readonly file: GgufFile,
    readonly spec: DecoderSpec,
    readonly tensors: ReadonlyMap<string, SeenTensor>,
    read: GgufTokenizer,
    private readonly content: HashedFile,
  ) {
    this.sha256 = content.sha256;
    this.name = nameOf(path);
    this.quantisation = quantisationOf(file);
    this.family = file.metadata.string('general.architecture');
    this.tokenizer = read.tokenizer;
    this.endIds = endIdsOf(file.metadata, read.tokenizer);
    this.parts = promptParts(file.metadata, read, this.name);
    this.hasTemplate = this.parts.template !== null;
    const note = noteOnCutting(file.metadata);
    if (note) this.notes = [note];
  }

  async readRaw(name: string): Promise<Uint8Array> {
    const { stored, view } = this.tensor(name);
    return viewed(await readStored(this.file.handle, stored, this.path), stored, view);
  }

  async readFloat32(name: string): Promise<Float32Array> {
    return dequantiseTensor(await this.readRaw(name), this.tensor(name));
  }

  prompt(input: PromptInput): Promise<Prompt> {
    return buildPrompt(input, this.parts);
  }

  isCurrent(): Promise<boolean> {
    return this.content.isCurrent();
  }

  steadily<R>(work: () => Promise<R>, options?: { thorough: boolean }): Promise<R> {
    return this.content.steadily(work, options);
  }

  close(): Promise<void> {
    return this.file.handle.close();
  }

  private tensor(name: string): SeenTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new ProblemError('internal', [clause('noTensor', name)]);
    return tensor;
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
