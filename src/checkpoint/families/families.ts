/** Every family that has a reader. */
import { arcee } from './arcee';
import { ernie } from './ernie';
import { exaone4 } from './exaone4';
import type { Family } from './family';
import { gemma, gemma2, gemma3 } from './gemma';
import { gpt2, gptNeo } from './gpt2';
import { gptNeox } from './gptNeox';
import { granite, granite4 } from './granite';
import { hunyuan } from './hunyuan';
import { llama } from './llama';
import { mistral } from './mistral';
import { nemotron } from './nemotron';
import { olmo2, olmo3 } from './olmo';
import { opt } from './opt';
import { phi, phi3 } from './phi';
import { qwen2, qwen3 } from './qwen';
import { smollm3 } from './smollm3';
import { stablelm } from './stablelm';
import { starcoder2 } from './starcoder2';

const all: readonly Family[] = [
  llama,
  mistral,
  qwen2,
  qwen3,
  gpt2,
  gptNeo,
  gptNeox,
  gemma,
  gemma2,
  gemma3,
  olmo2,
  olmo3,
  phi,
  phi3,
  granite,
  granite4,
  smollm3,
  stablelm,
  opt,
  exaone4,
  hunyuan,
  ernie,
  starcoder2,
  nemotron,
  arcee,
];

export const families: ReadonlyMap<string, Family> = new Map(all.map((family) => [family.modelType, family]));
