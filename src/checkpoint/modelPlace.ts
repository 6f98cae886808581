/** Where a model really is: people give a folder for the file in it, and a file for the folder around it. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { clause } from '../protocol/clauses';
import { areShards } from './ggufShards';
import { fileProblem, unsupported } from './modelProblem';

export interface ModelPlace {
  path: string;
  /** Whether it is a Hugging Face folder; otherwise it is a file. */
  folder: boolean;
}

const onnx = /\.onnx$/i;
export const isOnnx = (path: string): boolean => onnx.test(path);

/** A file of a Hugging Face folder that stands for the folder. */
const ofFolder =
  /^(?:config|generation_config|genai_config|tokenizer|tokenizer_config)\.json$|\.safetensors(?:\.index\.json)?$/;

/**
 * Rejects with fileUnreadable, or modelUnsupported for a folder of several models. A path where nothing is, and a folder that holds no
 * part of a model, stay as they are.
 */
export async function placeOfModel(path: string): Promise<ModelPlace> {
  const status = await stat(path).catch(() => null);
  if (status?.isDirectory()) return inFolder(path);
  const around = dirname(path);
  const facts = ['config.json', 'genai_config.json'].map((name) => stat(join(around, name)).catch(() => null));
  const part = status !== null && ofFolder.test(basename(path)) && (await Promise.all(facts)).some((one) => one);
  return part ? inFolder(around) : { path, folder: false };
}

async function inFolder(path: string): Promise<ModelPlace> {
  const names = await readdir(path).catch((error) => {
    throw fileProblem(path, error);
  });
  const weights = names.some((name) => name.endsWith('.safetensors'));
  const exported = names.filter(isOnnx);
  if (!weights && exported.length > 0) {
    const [one = exported.length === 1 ? exported[0] : undefined] = exported.filter((name) => name === 'model.onnx');
    if (one === undefined) throw unsupported(path, clause('manyModels', exported.sort().slice(0, 5).join(', ')));
    return { path: join(path, one), folder: false };
  }
  if (names.includes('config.json')) return { path, folder: true };
  const meant = names.some((name) => ofFolder.test(name));
  const models = names.filter((name) => /\.gguf$/i.test(name));
  if (models.length > 1 && !areShards(models))
    throw unsupported(path, clause('manyModels', models.sort().slice(0, 5).join(', ')));
  return models.length > 0 ? { path: join(path, models.sort()[0]), folder: false } : { path, folder: meant };
}
