/** A checkpoint that stands open, whatever it was read from: its facts, and the reading of its tensors as long as its bytes are the same. */
import { type Clause, clause } from '../protocol/clauses';
import type { Prompt, PromptInput } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { HashedFile } from './hashedFile';
import { buildPrompt, type PromptParts } from './promptBuilder';
import { dequantiseTensor } from './tensorReader';
import { type SeenTensor, viewed } from './tensorView';
import type { Checkpoint, DecoderSpec, TensorInfo, Tokenizer } from './types';

/** `S`: what is known of a tensor where it is stored. */
export interface Opened<S extends TensorInfo> {
  path: string;
  quantisation: string;
  family: string;
  spec: DecoderSpec;
  tensors: ReadonlyMap<string, SeenTensor<S>>;
  /** What prompts are built with; `name` is the model's. */
  parts: PromptParts;
  endIds: readonly number[];
  notes?: readonly Clause[];
  content: Pick<HashedFile, 'sha256' | 'isCurrent' | 'steadily'>;
  /** The bytes of a stored tensor. */
  read(stored: S): Promise<Uint8Array>;
  close(): Promise<void>;
}

export class OpenedCheckpoint<S extends TensorInfo> implements Checkpoint {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly quantisation: string;
  readonly family: string;
  readonly spec: DecoderSpec;
  readonly tensors: ReadonlyMap<string, SeenTensor<S>>;
  readonly tokenizer: Tokenizer;
  readonly hasTemplate: boolean;
  readonly endIds: readonly number[];
  readonly notes?: readonly Clause[];

  constructor(private readonly opened: Opened<S>) {
    const { path, quantisation, family, spec, tensors, parts, endIds, notes, content } = opened;
    this.path = path;
    this.name = parts.name;
    this.sha256 = content.sha256;
    this.quantisation = quantisation;
    this.family = family;
    this.spec = spec;
    this.tensors = tensors;
    this.tokenizer = parts.tokenizer;
    this.hasTemplate = parts.template !== null;
    this.endIds = endIds;
    if (notes) this.notes = notes;
  }

  async readRaw(name: string): Promise<Uint8Array> {
    const { stored, view } = this.tensor(name);
    return viewed(await this.opened.read(stored), stored, view);
  }

  async readFloat32(name: string): Promise<Float32Array> {
    return dequantiseTensor(await this.readRaw(name), this.tensor(name));
  }

  prompt(input: PromptInput): Promise<Prompt> {
    return buildPrompt(input, this.opened.parts);
  }

  isCurrent(): Promise<boolean> {
    return this.opened.content.isCurrent();
  }

  steadily<R>(work: () => Promise<R>, options?: { thorough: boolean }): Promise<R> {
    return this.opened.content.steadily(work, options);
  }

  close(): Promise<void> {
    return this.opened.close();
  }

  private tensor(name: string): SeenTensor<S> {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new ProblemError('internal', [clause('noTensor', name)]);
    return tensor;
  }
}
