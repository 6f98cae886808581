/**
 * Opens a Hugging Face folder: config.json, safetensors, tokenizer.json and a chat template. Everything about it is checked here,
 * once, so that a caller can trust what it gets.
 */
import { basename, resolve } from 'node:path';
import { clause } from '../protocol/clauses';
import type { Prompt, PromptInput } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { endIdsOf } from './endTokens';
import { families } from './families/families';
import { namedTokens, readChatTemplate } from './folder/chatTemplates';
import { Config, type JsonRecord } from './folder/config';
import { FolderFiles, type HashedFolder } from './folder/files';
import { readSafetensors } from './folder/safetensors';
import { isWeight, type SeenTensor, seenTensors } from './folder/tensors';
import { beginningOf, readTokenizerFile } from './folder/tokenizerFile';
import type { DigestOptions } from './hashedFile';
import { unsupported } from './modelProblem';
import { buildPrompt, type PromptParts } from './promptBuilder';
import { dequantiseTensor, readStored } from './tensorReader';
import { viewed } from './tensorView';
import type { Checkpoint, DecoderSpec, Tokenizer } from './types';

/** Rejects with modelMissing, fileUnreadable, modelMalformed, modelUnsupported, modelChanged or cancelled. */
export async function openFolder(path: string, options: DigestOptions): Promise<Checkpoint> {
  const files = await FolderFiles.of(path);
  try {
    const values = await files.json('config.json');
    if (!values) throw unsupported(path, clause('folderLacks', 'config.json'));
    const { spec, family, names } = readSpec(values, path);
    const tensors = seenTensors(await readSafetensors(files, isWeight), names, spec, path);
    const parts = await promptParts(files, spec, path);
    const endIds = endIdsOf(parts.tokenizer, [values, (await files.json('generation_config.json')) ?? {}]);
    const content = await files.hash(options);
    return new FolderCheckpoint({ path, files, spec, family, tensors, parts, endIds, content });
  } catch (error) {
    await files.close();
    throw error;
  }
}

/** Throws modelUnsupported for a family without a reader and for any key that its reader does not know. */
export function readSpec(values: JsonRecord, path: string) {
  const type = String(values.model_type ?? 'unknown');
  const family = families.get(type);
  if (!family) throw unsupported(path, clause('familyNotAmong', type, [...families.keys()].join(', ')));
  const config = new Config(values, family.defaults, path);
  const spec = family.spec(config);
  config.refuseUnread(family.idle);
  return { spec, family: type, names: family.tensors(spec) };
}

async function promptParts(files: FolderFiles, spec: DecoderSpec, path: string): Promise<PromptParts> {
  const file = await files.json('tokenizer.json');
  if (!file) throw unsupported(path, clause('folderLacks', 'tokenizer.json'));
  const tokenizer = readTokenizerFile(file, spec.vocabulary, path);
  const config = (await files.json('tokenizer_config.json')) ?? {};
  const named = namedTokens(config);
  const [begin = null] = beginningOf(file);
  const beginId = begin === null ? null : ([...tokenizer.special].find((id) => tokenizer.text(id) === begin) ?? null);
  return { tokenizer, template: await readChatTemplate(files, config, named), beginId, name: nameOf(path) };
}

const nameOf = (path: string): string => basename(resolve(path));

interface Opened {
  path: string;
  files: FolderFiles;
  spec: DecoderSpec;
  family: string;
  tensors: ReadonlyMap<string, SeenTensor>;
  parts: PromptParts;
  endIds: readonly number[];
  content: HashedFolder;
}

class FolderCheckpoint implements Checkpoint {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly quantisation: string;
  readonly family: string;
  readonly spec: DecoderSpec;
  readonly tensors: ReadonlyMap<string, SeenTensor>;
  readonly tokenizer: Tokenizer;
  readonly hasTemplate: boolean;
  readonly endIds: readonly number[];

  constructor(private readonly opened: Opened) {
    const { path, spec, family, tensors, parts, endIds, content } = opened;
    this.path = path;
    this.name = parts.name;
    this.sha256 = content.sha256;
    this.family = family;
    this.spec = spec;
    this.tensors = tensors;
    this.tokenizer = parts.tokenizer;
    this.hasTemplate = parts.template !== null;
    this.endIds = endIds;
    this.quantisation = tensors.get('token_embd.weight')?.stored.type ?? 'F32';
  }

  async readRaw(name: string): Promise<Uint8Array> {
    const { stored, view } = this.tensor(name);
    return viewed(await readStored(stored.file.handle, stored, stored.file.path), stored, view);
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
    return this.opened.files.close();
  }

  private tensor(name: string): SeenTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new ProblemError('internal', [clause('noTensor', name)]);
    return tensor;
  }
}
