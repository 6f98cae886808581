/** What this analysis is asked and answers. Logarithms natural, positions from 0. */

import type { Prompt, Range } from '../../protocol/model';
import type { Problem } from '../../protocol/problem';
import type { Answer, PartialProgress, PromptRequest } from '../../protocol/request';
import { declared, shows } from '../declare';
import { inOrder, type RowOf, rankOf, sameText, type ValuesOf } from '../measured';
import { amount, choice, choices, count, flagged, name, optionalCount, switched, units, type Values } from '../options';
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

/** A unit that is only closed to what stands outside it goes on being read from inside. */
export const closesOnly: Readonly<Record<Operator, boolean>> = { knockout: true, delete: false, replace: false };

/** A unit that is taken away leaves tokens that must be read again. */
export const leavesTokens: Readonly<Record<Operator, boolean>> = { knockout: false, delete: false, replace: true };

/** The target while more and more of the units are removed; one that the operator cannot take away never is. */
export interface Faithfulness {
  /** Share of the units removed: 0, 0.1 … 1; of a long prompt, within the panel's limits, in larger steps. */
  fractions: number[];
  /** Target value at each fraction, the highest score removed first; null where nothing would be left of the prompt. */
  mostFirst: (number | null)[];
  leastFirst: (number | null)[];
  /** Over random orders: mean and standard deviation at each fraction. */
  random: { orders: number; seed: number; mean: (number | null)[]; spread: (number | null)[] };
  /** Area under each curve by the trapezium rule, as its mean height over the fractions that have a value; of the random orders
   *  mean and standard deviation. */
  area: { mostFirst: number; leastFirst: number; random: number; randomSpread: number };
}

/** input = gradient x input, norm = length of the gradient, integrated = integrated gradients from a zero baseline. */
export const gradientMethods = ['input', 'norm', 'integrated'] as const;
export type GradientMethod = (typeof gradientMethods)[number];

/** Integrated gradients would sum to `difference` with endless steps. */
export interface Completeness {
  /** Of the scores. */
  sum: number;
  /** target(e) − target(0). */
  difference: number;
  /** N, midpoints of the path. */
  steps: number;
  /** Where the path begins: embeddings that are all zero. */
  baseline: 'zero';
  /** False where the two part by more than a tenth of the difference (and by more than 0.01 nats): the scores are not to be read. */
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

/** Scores with a sign say which way a unit pushes; the others only how much. */
export const signedMethods: Readonly<Record<SaliencyMethod, boolean>> = {
  occlusion: true,
  input: true,
  integrated: true,
  norm: false,
  attention: false,
  rollout: false,
  attentionGradient: true,
};

export interface SaliencyParams extends PromptRequest {
  target: TargetSpec;
  operator: Operator;
  by: UnitKind;
  /** A regular expression, `pattern` or `/pattern/flags`; for `by` = match only. */
  pattern: string | null;
  /** UTF-16 ranges in the user's file; for `by` = selection only. */
  selection: Range[];
  scope: Scope;
  /** Id that stands in a unit's place under `replace`; null = the token of a single space. */
  replacement: number | null;
  methods: SaliencyMethod[];
  /** Points of integrated gradients; null = 32, and then 128 and 512 as far as there is time, until the scores add up. */
  steps: number | null;
  /** Deletion curves cost about as much again as scores by token. */
  curves: boolean;
  /** What to be careful about; for copies that share the credit all of them are taken away once more. */
  warnings: boolean;
  /**
   * panel = somebody watches: larger units and the likeliest come first, and where a prompt is too long for what was asked, units,
   * curves and the path are coarser, and a warning says so. none = exactly what was asked for, however long it takes.
   */
  limits: 'panel' | 'none';
}

export interface MethodScores {
  method: SaliencyMethod;
  /** [U] a unit's tokens added up; null = not known yet, or of occlusion an unscored unit's for good. */
  scores: (number | null)[];
  /** Null until it is computed, all of its orders; for good where no unit can be removed or the scores are not reliable. */
  faithfulness: Faithfulness | null;
  /** Of integrated gradients. */
  completeness: Completeness | null;
  /** Why this method gives nothing on this prompt (memory); null when it does. */
  refused: Problem | null;
}

/** repeated: units of the same text share the credit, and taking one away leaves the other. saturated: the target is so likely
 *  (or so unlikely) that taking one part away hardly moves it. */
export type SaliencyWarning =
  /** Indices into units; the same text. */
  | { kind: 'repeated'; units: number[] }
  /** Of the target, geometric mean over its tokens. */
  | { kind: 'saturated'; probability: number }
  /** Too many units for this length: cut coarser than was asked for. */
  | { kind: 'coarser'; asked: UnitKind; used: UnitKind }
  /** Too long a prompt for curves of `asked` steps: the units go in `used` larger ones. */
  | { kind: 'fewerSteps'; asked: number; used: number }
  /** Too long a prompt for integrated gradients at `asked` points of their path: they stay at `used` at the most. */
  | { kind: 'fewerPoints'; asked: number; used: number };

/** A larger unit whose score is shown for its parts'. */
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
   * Indices of units that the operator cannot take away: under `knockout`, those from inside which the whole target is read. They
   * have no score by occlusion, and no curve removes them.
   */
  unscored: number[];
  /** In the order asked for. */
  methods: MethodScores[];
  /** Occlusion of larger units, shown where the finer score is not known yet; null where there is none. */
  coarse: { by: UnitKind; units: StandIn[] } | null;
  /**
   * [M][M] Spearman's rank correlation of two methods over the units that both have a score for; null where one is not complete, not
   * reliable or does not vary.
   */
  agreement: (number | null)[][];
  warnings: SaliencyWarning[];
  /** The random orders beside all curves: the area under each; null until the first curve is computed. */
  random: { seed: number; areas: number[] } | null;
  complete: boolean;
}

export interface SaliencyData {
  prompt: Prompt;
  result: SaliencyResult;
}

export interface SaliencyRequests {
  /** One method or several on the same units: gradients first, then coarse units, then the likeliest culprits. */
  saliency: { params: SaliencyParams; result: Answer<SaliencyResult>; progress: PartialProgress<SaliencyResult> };
}

/** bars = staves under the lines; heat = signed tint; underline = signed rules. */
export const saliencyStyles = ['bars', 'heat', 'underline'] as const;

const operatorOption = () =>
  flagged(
    choice(operators, 'knockout', 'result'),
    '--operator <name>',
    'close a part to the rest, delete it, or put another token in its place',
  );

/** A panel begins with what the user wrote, the command line with everything. */
const scopeOption = () =>
  flagged(choice(scopes, 'user', 'result'), '--scope <part>', 'the whole prompt, or only what the user wrote', {
    without: 'all',
  });

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
      // What was selected does not come back after a reload.
      by: choice(
        unitKinds,
        'word',
        'result',
        unitKinds.filter((kind) => kind !== 'selection'),
      ),
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
      // Their order says what is drawn first, and changes no number.
      [...methods].sort(),
    ],
  });

/** What every command asks that takes parts of a prompt away. */
export const occlusionFlags = () => ({
  by: flagged(units(namedUnits(), 'token', 'result'), '--by <unit>', 'what is taken away together'),
  operator: operatorOption(),
  scope: scopeOption(),
  replacement: flagged(
    optionalCount('result', { least: 0, most: 100_000_000 }),
    '--replacement <id>',
    'the token that replaces (default: a single space)',
  ),
  faithfulness: flagged(
    switched(true, 'result'),
    '--no-faithfulness',
    'leave out the curves that say how far the scores can be believed',
  ),
  ...targetFlags(),
});

export const saliencyFlags = () => ({
  methods: flagged(methodsOption(), '--methods <names>', 'ways to score the parts'),
  ...occlusionFlags(),
});

export const gradientsFlags = () => ({
  method: flagged(
    choice(gradientMethods, 'input', 'result'),
    '--method <name>',
    'gradient x input, length of the gradient, or integrated gradients',
  ),
  steps: flagged(
    count(32, 'result', { least: 1, most: 1000 }),
    '--steps <n>',
    'points on the way from zero, for integrated gradients',
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

/** score, rank: of a unit, named by its text; `order` begins with the one that supports the target most. */
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

/** Of all methods together. */
export const saliencyValues: ValuesOf<SaliencyResult> = {
  agreement: ({ methods, agreement }, first, second) => {
    const [a, b] = [first, second].map((name) => methods.findIndex(({ method }) => method === name));
    return agreement[a]?.[b] ?? null;
  },
  random: ({ methods }) => methods.find(({ faithfulness }) => faithfulness)?.faithfulness?.area.random ?? null,
  /** The method with the lowest area; "none" where none is below chance by more than its spread. */
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
