/** The one list of commands, in the order of the help. A contract whose command is missing here does not compile. */
import type { Command } from 'commander';
import type { AnalysisCommand } from '../analysis/contracts';
import { addAttention } from './commands/attention';
import { addCache } from './commands/cache';
import { addChoose } from './commands/choose';
import { addCompare } from './commands/compare';
import { addEmbeddings } from './commands/embeddings';
import { addExamples } from './commands/examples';
import { addGenerate } from './commands/generate';
import { addGradients } from './commands/gradients';
import { addHeads } from './commands/heads';
import { addInfo } from './commands/info';
import { addLens } from './commands/lens';
import { addOcclusion } from './commands/occlusion';
import { addPatch } from './commands/patch';
import { addProbabilities } from './commands/probabilities';
import { addProbe } from './commands/probe';
import { addRepeat } from './commands/repeat';
import { addSaliency } from './commands/saliency';
import { addServe } from './commands/serve';
import { addTokens } from './commands/tokens';
import { addTruth } from './commands/truth';
import type { Environment } from './environment';

/** `probe train` is listed under `probe`. */
type FirstWord<Name extends string> = Name extends `${infer First} ${string}` ? First : Name;

/** The commands that analyse nothing. */
type Plain = 'info' | 'tokens' | 'serve' | 'cache';

export const commands: Readonly<
  Record<FirstWord<AnalysisCommand> | Plain, (program: Command, environment: Environment) => void>
> = {
  info: addInfo,
  tokens: addTokens,
  probabilities: addProbabilities,
  generate: addGenerate,
  repeat: addRepeat,
  choose: addChoose,
  attention: addAttention,
  saliency: addSaliency,
  occlusion: addOcclusion,
  gradients: addGradients,
  lens: addLens,
  heads: addHeads,
  patch: addPatch,
  examples: addExamples,
  compare: addCompare,
  embeddings: addEmbeddings,
  truth: addTruth,
  probe: addProbe,
  serve: addServe,
  cache: addCache,
};
