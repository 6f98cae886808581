/** Options of the commands that take parts of a prompt away. */
import type { Command } from 'commander';
import { contracts } from '../analysis/contracts';
import type { Operator, SaliencyParams } from '../analysis/saliency/contract';
import type { Scope } from '../analysis/shared/contract';
import { addContractOption } from './contractOptions';
import { integer } from './options';
import { addUnitsOption, type Units } from './units';

export interface OcclusionOptions {
  operator: Operator;
  by: Units;
  scope: Scope;
  replacement?: number;
  faithfulness: boolean;
}

export function addOcclusionOptions(command: Command): Command {
  const { operator, scope } = contracts.saliency.options;
  addContractOption(addUnitsOption(command), operator, operator.initial);
  return addContractOption(command, scope, 'all')
    .option('--replacement <id>', 'the token that replaces (default: a single space)', integer(0, 100_000_000))
    .option('--no-faithfulness', 'leave out the curves that say how far the scores can be believed');
}

/** Exactly what was asked for, however long it takes. */
export function occlusionParams({ operator, by, scope, replacement, faithfulness }: OcclusionOptions) {
  return {
    operator,
    ...by,
    scope,
    replacement: replacement ?? null,
    curves: faithfulness,
    ...{ steps: null, limits: 'none' },
  } satisfies Partial<SaliencyParams>;
}
