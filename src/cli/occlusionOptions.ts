/** Options of the commands that take parts of a prompt away. */
import { type Command, Option } from 'commander';
import { type Operator, operators, type SaliencyParams } from '../analysis/saliency/contract';
import { type Scope, scopes } from '../analysis/shared/contract';
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
  const operator = new Option(
    '--operator <name>',
    'close a part to the rest, delete it, or put another token in its place',
  );
  const scope = new Option('--scope <part>', 'the whole prompt, or only what the user wrote');
  return addUnitsOption(command.addOption(operator.choices(operators).default('knockout' satisfies Operator)))
    .addOption(scope.choices(scopes).default('all' satisfies Scope))
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
