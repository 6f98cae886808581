/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import type { Prompt, Range } from '../../protocol/model';
import type { Problem } from '../../protocol/problem';
import type { Answer, PartialProgress, PromptRequest } from '../../protocol/request';
import { declared, shows } from '../declare';
import { inOrder, type RowOf, rankOf, sameText, type ValuesOf } from '../measured';
import {
  amount,
  choice,
  choices,
  count,
  flagged,
  type Given,
  name,
  optionalCount,
  switched,
  units,
  type Values,
} from '../options';
import {
  namedUnits,
  type Scope,
  scopes,
  type TargetResult,
  type TargetSpec,
  targetFlags,
  type Unit,
  type UnitKind,
  unitKinds,
} from '../shared/contract';

export const operators = ['knockout', 'delete', 'replace'] as const;
export type Operator = (typeof operators)[number];

/** Whether the operator only closes a unit to the positions outside it, so that positions inside it may still read it. */
export const closesOnly: Readonly<Record<Operator, boolean>> = { knockout: true, delete: false, replace: false };

/** Whether an occluded unit leaves tokens that must be computed again. */
export const leavesTokens: Readonly<Record<Operator, boolean>> = { knockout: false, delete: false, replace: true };

/** The target while more and more of the units are removed; units that the operator cannot take away are never removed. */
export interface Faithfulness {
  /** Shares of the units removed: 0, 0.1 … 1; for a long prompt, within the panel's limits, in larger steps. */
  fractions: number[];
  /** Target value at each fraction, with the highest scores removed first; null where nothing would be left of the prompt. */
  mostFirst: (number | null)[];
  leastFirst: (number | null)[];
  /** Over random orders: mean and standard deviation at each fraction. */
  random: { orders: number; seed: number; mean: (number | null)[]; spread: (number | null)[] };
  /**
   * Area under each curve by the trapezium rule, given as its mean height over the fractions that have a value; for the random orders, mean
   * and standard deviation.
   */
  area: { mostFirst: number; leastFirst: number; random: number; randomSpread: number };
}

/** input = gradient x input, norm = length of the gradient, integrated = integrated gradients from a zero baseline. */
export const gradientMethods = ['input', 'norm', 'integrated'] as const;
export type GradientMethod = (typeof gradientMethods)[number];

/** Whether integrated gradients add up: with infinitely many steps they would sum to `difference`. */
export interface Completeness {
  /** The sum of the scores. */
  sum: number;
  /** target(e) − target(0). */
  difference: number;
  /** N, midpoints of the path. */
  steps: number;
  /** Where the path begins: embeddings that are all zero. */
  baseline: 'zero';
  /**
   * False where the two differ by more than a tenth of the difference (and by more than 0.01 nats): the scores must then not be
   * interpreted.
   */
  reliable: boolean;
}

/**
 * occlusion = by the chosen operator · input = gradient x input · norm = gradient norm · integrated = integrated gradients ·
 * attention = mean over blocks and heads of the attention that the predicting positions pay, first token left out ·
 * rollout = attention rollout · attentionGradient = Σ over blocks and heads of attention x its gradient
 */
export const saliencyMethods = [
  'occlusion',
  'input',
  'integrated',
  'norm',
  'attention',
  'rollout',
  'attentionGradient',
] as const;
export type SaliencyMethod = (typeof saliencyMethods)[number];

/** Scores with a sign say in which direction a unit pushes the target; the others only say how strongly. */
export const signedMethods: Readonly<Record<SaliencyMethod, boolean>> = {
  occlusion: true,
  input: true,
  integrated: true,
  norm: false,
  attention: false,
  rollout: false,
  attentionGradient: true,
};

/** A prompt of more tokens is explained as a ranking of its lines: the staves under its text would fill many screens. */
export const longPrompt = 150;

export interface SaliencyParams extends PromptRequest {
  target: TargetSpec;
  operator: Operator;
  by: UnitKind;
  /** A regular expression, `pattern` or `/pattern/flags`; for `by` = match only. */
  pattern: string | null;
  /** UTF-16 ranges in the user's file; for `by` = selection only. */
  selection: Range[];
  scope: Scope;
  /** The id that replaces each token of a unit under `replace`; null = the token of a single space. */
  replacement: number | null;
  methods: SaliencyMethod[];
  /** Number of points of integrated gradients; null = 32, then 128 and 512 as far as there is time, until the scores add up. */
  steps: number | null;
  /** Deletion curves take about as long again as scores by token. */
  curves: boolean;
  /** Whether to compute the warnings; for copies that share the credit, this takes all of them away once more. */
  warnings: boolean;
  /**
   * panel = somebody is waiting: larger units and the likeliest ones come first, and where a prompt is too long for the request, units,
   * curves and the path are coarser, and a warning says so. none = exactly what was asked for, however long it takes.
   */
  limits: 'panel' | 'none';
  /** What is asked of a prompt of more than `longPrompt` tokens instead; all of its units are then estimated first. */
  long?: Pick<SaliencyParams, 'by' | 'methods' | 'curves'>;
}

export interface MethodScores {
  method: SaliencyMethod;
  /** [U] The sum over a unit's tokens; null = not known yet or, for occlusion, an unscored unit (permanently). */
  scores: (number | null)[];
  /** Null until all of its orders are computed, and permanently where no unit can be removed or the scores are not reliable. */
  faithfulness: Faithfulness | null;
  /** For integrated gradients only. */
  completeness: Completeness | null;
  /** Why this method has no result for this prompt (memory); null when it has one. */
  refused: Problem | null;
}

/**
 * repeated: units of the same text share the credit, and taking one away leaves the others. saturated: the target is so likely (or so
 * unlikely) that taking one part away hardly changes it.
 */
export type SaliencyWarning =
  /** Indices of units with the same text. */
  | { kind: 'repeated'; units: number[] }
  /** The target's probability, geometric mean over its tokens. */
  | { kind: 'saturated'; probability: number }
  /** There are too many units for this prompt's length, so they are coarser than was asked for. */
  | { kind: 'coarser'; asked: UnitKind; used: UnitKind }
  /** The prompt is too long for curves of `asked` steps, so the units are removed in `used` larger steps. */
  | { kind: 'fewerSteps'; asked: number; used: number }
  /** The prompt is too long for integrated gradients at `asked` points of their path, so they use at most `used` points. */
  | { kind: 'fewerPoints'; asked: number; used: number };

/** A score of every unit from a single pass, which stands in for the scores by occlusion until they are known. */
export interface Estimate {
  /** attentionGradient: to first order the loss without the unit, in nats · attention: a share without a sign, where there is no gradient. */
  method: 'attentionGradient' | 'attention';
  /** [U] */
  scores: number[];
}

/** A larger unit whose score is shown in place of its parts' scores. */
export interface StandIn extends Unit {
  score: number;
}

export interface SaliencyResult {
  target: TargetResult;
  operator: Operator;
  by: UnitKind;
  scope: Scope;
  units: Unit[];
  /**
   * Indices of units that the operator cannot take away: under `knockout`, those that contain every position from which the target is read.
   * They have no score by occlusion, and no curve removes them.
   */
  unscored: number[];
  /** In the order in which the methods were asked for. */
  methods: MethodScores[];
  /** Missing where nothing is estimated; null until it is computed. */
  estimate?: Estimate | null;
  /** Occlusion of larger units, shown where the finer score is not known yet; null where there is none. */
  coarse: { by: UnitKind; units: StandIn[] } | null;
  /**
   * [M][M] Spearman's rank correlation of two methods over the units that have a score by both; null where one method is not complete, not
   * reliable or does not vary.
   */
  agreement: (number | null)[][];
  warnings: SaliencyWarning[];
  /** The random orders that all curves are compared with: the area under each; null until the first curve is computed. */
  random: { seed: number; areas: number[] } | null;
  complete: boolean;
}

export interface SaliencyData {
  prompt: Prompt;
  result: SaliencyResult;
}

export interface SaliencyRequests {
  /** One method or several on the same units: gradients come first, then coarse units, then the likeliest units. */
  saliency: { params: SaliencyParams; result: Answer<SaliencyResult>; progress: PartialProgress<SaliencyResult> };
}

/** bars = bars under the lines; heat = signed tint; underline = signed rules. */
export const saliencyStyles = ['bars', 'heat', 'underline'] as const;

const operatorOption = () =>
  flagged(
    choice(operators, 'knockout', 'result'),
    '--operator <name>',
    'knockout = hide the part from all other tokens; delete = remove it; replace = put another token in its place',
  );

/** A panel begins with the text that the user wrote, the command line with every token. */
const scopeOption = () =>
  flagged(
    choice(scopes, 'user', 'result'),
    '--scope <part>',
    'all = the whole prompt; user = only what the user wrote',
    {
      without: 'all',
    },
  );

const methodsOption = () => choices(saliencyMethods, ['occlusion', 'input', 'integrated', 'attention'], 'result');

export const saliency = () =>
  declared({
    tab: 'saliency',
    section: null,
    shows: shows<SaliencyData>(),
    slow: true,
    targeted: true,
    readsTables: false,
    options: {
      // A selection is not restored after a reload.
      by: choice(
        unitKinds,
        'word',
        'result',
        unitKinds.filter((kind) => kind !== 'selection'),
      ),
      /** The user chose the unit, so that it serves long prompts too. */
      unitChosen: switched(false, 'result'),
      /** In a long prompt too, the other methods and the curves are computed. */
      others: switched(false, 'result'),
      operator: operatorOption(),
      scope: scopeOption(),
      /** For `by` = match. */
      pattern: name('', 'result'),
      methods: methodsOption(),
      style: choice(saliencyStyles, 'bars', 'drawing'),
      /** Share of the largest score at which a bar or tint is full. */
      range: amount(0.6, 0.05, 1, 'drawing'),
      /** The first method's scores are shown in the editor too. */
      inEditor: switched(false, 'drawing'),
    },
    depends: ({ pattern, methods, ...rest }) => [
      rest,
      rest.by === 'match' && pattern,
      // The order of the methods only determines which is drawn first and changes no number.
      [...methods].sort(),
    ],
  });

/** The options of every command that takes parts of a prompt away. */
export const occlusionFlags = () => ({
  by: flagged(units(namedUnits(), 'token', 'result'), '--by <unit>', 'the unit that is taken away together'),
  operator: operatorOption(),
  scope: scopeOption(),
  replacement: flagged(
    optionalCount('result', { least: 0, most: 100_000_000 }),
    '--replacement <id>',
    'the id of the token that replaces others (default: a single space)',
  ),
  faithfulness: flagged(
    switched(true, 'result'),
    '--no-faithfulness',
    'leave out the deletion curves, which show how far the scores can be believed',
  ),
  ...targetFlags(),
});

type OcclusionOptions = Omit<Given<ReturnType<typeof occlusionFlags>>, 'target' | 'at' | 'contrast'>;

/** The parameters of a request that computes exactly what the options ask for, however long it takes. */
export const occlusionParams = ({ operator, by, scope, replacement, faithfulness }: OcclusionOptions) =>
  ({
    operator,
    ...by,
    scope,
    replacement: replacement ?? null,
    curves: faithfulness,
    ...{ steps: null, limits: 'none' },
  }) satisfies Partial<SaliencyParams>;

export const saliencyFlags = () => ({
  methods: flagged(methodsOption(), '--methods <names>', 'the methods that score the units'),
  ...occlusionFlags(),
});

export const gradientsFlags = () => ({
  method: flagged(
    choice(gradientMethods, 'input', 'result'),
    '--method <name>',
    'input = gradient x input; norm = length of the gradient; integrated = integrated gradients',
  ),
  steps: flagged(
    count(32, 'result', { least: 1, most: 1000 }),
    '--steps <n>',
    'the number of points between a zero input and this one, for integrated gradients',
  ),
  ...targetFlags(),
});

export type SaliencyIntent = Values<ReturnType<typeof saliency>['options']>;

/** One method of a result. */
export interface SaliencyLane extends MethodScores {
  units: readonly Unit[];
}

const unitNamed = ({ units }: SaliencyLane, text: number | string) =>
  units.findIndex((unit) => sameText(unit.text, text));

/** score, rank: of a unit, named by its text; `order` begins with the unit that supports the target most. */
export const laneValues: ValuesOf<SaliencyLane> = {
  top: ({ units, scores }) =>
    inOrder(
      units.map(({ text }) => text),
      scores,
    )[0] ?? null,
  score: (lane, text) => lane.scores[unitNamed(lane, text)] ?? null,
  rank: (lane, text) => rankOf(lane.scores, unitNamed(lane, text)),
  order: ({ units, scores }) =>
    inOrder(
      units.map(({ text }) => text),
      scores,
    ),
  area: ({ faithfulness }) => faithfulness?.area.mostFirst ?? null,
};

/** Values of all methods together. */
export const saliencyValues: ValuesOf<SaliencyResult> = {
  agreement: ({ methods, agreement }, first, second) => {
    const [a, b] = [first, second].map((name) => methods.findIndex(({ method }) => method === name));
    return agreement[a]?.[b] ?? null;
  },
  random: ({ methods }) => methods.find(({ faithfulness }) => faithfulness)?.faithfulness?.area.random ?? null,
  /** The method with the lowest area; "none" where no area is below chance by more than its spread. */
  best: ({ methods }) => {
    const areas = methods.flatMap(({ method, faithfulness }) =>
      faithfulness ? [{ method, ...faithfulness.area }] : [],
    );
    const below = areas.filter(({ mostFirst, random, randomSpread }) => mostFirst < random - randomSpread);
    return below.sort((a, b) => a.mostFirst - b.mostFirst)[0]?.method ?? 'none';
  },
};

export const saliencyRow: RowOf<SaliencyResult> = ({ target, units, methods }) => ({
  target: { text: target.text, logprob: target.logprob },
  units: units.map(({ text, start, end }, unit) => ({
    ...{ text, start, end },
    scores: Object.fromEntries(methods.map(({ method, scores }) => [method, scores[unit]])),
  })),
});
