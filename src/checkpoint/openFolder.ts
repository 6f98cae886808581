/**
 * Opens a Hugging Face folder: config.json, safetensors, tokenizer.json and a chat template. Everything about it is checked here,
 * once, so that a caller can trust what it gets.
 */
import { basename, resolve } from 'node:path';
import { clause } from '../protocol/clauses';
import { endIdsOf } from './endTokens';
import { families } from './families/families';
import { namedTokens, readChatTemplate } from './folder/chatTemplates';
import { Config, type JsonRecord } from './folder/config';
import { FolderFiles } from './folder/files';
import { textPartOf } from './folder/multimodal';
import { readSafetensors } from './folder/safetensors';
import { isWeight, seenTensors } from './folder/tensors';
import { readFolderTokenizer } from './folder/tokenizerFiles';
import type { DigestOptions } from './hashedFile';
import { malformed, unsupported } from './modelProblem';
import { OpenedCheckpoint } from './openedCheckpoint';
import type { PromptParts } from './promptBuilder';
import { readStored } from './tensorReader';
import type { Checkpoint, DecoderSpec } from './types';

/** Rejects with modelMissing, fileUnreadable, modelMalformed, modelUnsupported, modelChanged or cancelled. */
export async function openFolder(path: string, options: DigestOptions): Promise<Checkpoint> {
  const files = await FolderFiles.of(path);
  try {
    const config = await files.json('config.json');
    if (!config) throw unsupported(path, clause('folderLacks', 'config.json'));
    const { values, nameOf: ownName } = textPartOf(config);
    const { spec, family, names } = readSpec(values, path);
    const stored = await readSafetensors(files, (name) => isWeight(name) && ownName(name) !== null);
    const renamed = new Map([...stored].map(([name, tensor]) => [ownName(name) ?? name, tensor]));
    const tensors = seenTensors(renamed, names, spec, path);
    const parts = await folderPromptParts(files, spec, path);
    const endIds = endIdsOf(parts.tokenizer, [values, (await files.json('generation_config.json')) ?? {}]);
    const content = await files.hash(options);
    return new OpenedCheckpoint({
      ...{ path, family, spec, tensors, parts, endIds, content },
      quantisation: tensors.get('token_embd.weight')?.stored.type ?? 'F32',
      read: (stored) => readStored(stored.file.handle, stored, stored.file.path),
      close: () => files.close(),
    });
  } catch (error) {
    await files.close();
    throw error;
  }
}

/** Throws modelUnsupported for a family without a reader and for any key that its reader does not know. */
export function readSpec(values: JsonRecord, path: string) {
  const type = typeof values.model_type === 'string' ? values.model_type : 'unknown';
  const family = families.get(type);
  if (!family) throw unsupported(path, clause('familyNotAmong', type, [...families.keys()].join(', ')));
  const config = new Config(values, family.defaults, path);
  const spec = family.spec(config);
  config.refuseUnread(family.idle);
  refuseImpossible(spec, path);
  return { spec, family: type, names: family.tensors(spec) };
}

/** Numbers that make others infinite or undefined, such as the root of a negative scale. */
function refuseImpossible(spec: DecoderSpec, path: string): void {
  const { norm, cap } = spec;
  if (norm.epsilon < 0) throw malformed(path, clause('negativeBase'));
  const caps = Object.entries(cap).find(([, value]) => value !== null && value <= 0);
  const found = caps ?? notFinite(spec, '');
  if (found) throw unsupported(path, clause('saysNotComputed', found[0], String(found[1])));
}

/** The first number that is not finite, with its place. */
function notFinite(value: unknown, place: string): [string, number] | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : [place, value];
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const found = notFinite(inner, place === '' ? key : `${place}.${key}`);
    if (found) return found;
  }
  return null;
}

/** Tokenizer and chat template of a folder. Rejects with modelUnsupported or modelMalformed. */
export async function folderPromptParts(files: FolderFiles, spec: DecoderSpec, path: string): Promise<PromptParts> {
  const config = (await files.json('tokenizer_config.json')) ?? {};
  const tokens = await readFolderTokenizer(files, config, spec.vocabulary);
  const template = await readChatTemplate(files, config, namedTokens(config));
  return { ...tokens, template, name: nameOf(path) };
}

const nameOf = (path: string): string => basename(resolve(path));
