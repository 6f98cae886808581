/**
 * The fields that a probe file must hold. The file comes from strangers, so everything that is shown or computed with is checked
 * here first.
 */
import * as v from 'valibot';
import type { ProbeCard, StoredProbe } from '../analysis/truth/contract';

/** A schema whose result is the type that the code expects: a field that is forgotten here does not compile. */
type Checked<T> = v.GenericSchema<unknown, T>;

const mostTopics = 10_000;
const mostStatements = 1_000_000;
const finite = v.pipe(v.number(), v.finite());
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const name = v.pipe(v.string(), v.maxLength(400));
const list = <T extends v.GenericSchema>(item: T, most = mostTopics) => v.pipe(v.array(item), v.maxLength(most));

const figure = v.object({ value: share, low: share, high: share });
const rate = v.pipe(
  v.object({ hits: count, of: count, low: share, high: share }),
  v.check(({ hits, of }) => hits <= of),
);

const topicsFigures = v.object({
  auroc: figure,
  topicMean: figure,
  topicRange: v.tuple([share, share]),
  accuracy: v.object({ forced: rate, decided: rate, coverage: rate }),
  baselines: v.object({ logprob: figure, words: v.nullable(figure), length: v.nullable(figure) }),
  topics: list(v.object({ topic: name, known: v.boolean(), statements: count, auroc: figure, decided: rate })),
});

const answers = { right: count, wrong: count, probe: figure, logprob: figure, both: figure };

/** `layers`: blocks of the model. */
function card(layers: number) {
  const layer = v.pipe(count, v.maxValue(layers));
  const fields = v.object({
    ...topicsFigures.entries,
    blocks: v.pipe(v.array(layer), v.minLength(1), v.maxLength(layers + 1)),
    trainedOn: v.object({ statements: count, topics: count }),
    modelSha256: name,
    seed: count,
    known: figure,
    affirmative: figure,
    negated: figure,
    surestHalf: rate,
    negationFlip: share,
    layers: list(v.object({ layer, auroc: share, shuffled: share, shuffledSpread: finite }), layers + 1),
    calibration: v.object({
      error: share,
      bins: list(v.object({ predicted: share, observed: share, count })),
    }),
    coverage: list(v.object({ share, accuracy: share })),
    frozen: v.nullable(topicsFigures),
    answers: v.nullable(v.object({ listed: v.object(answers), free: v.object({ ...answers, unjudged: count }) })),
    map: v.pipe(
      v.object({
        x: list(finite, mostStatements),
        y: list(finite, mostStatements),
        label: list(v.boolean(), mostStatements),
        negated: list(v.boolean(), mostStatements),
        topic: list(count, mostStatements),
      }),
      v.check(({ x, y, label, negated, topic }) =>
        [y, label, negated, topic].every(({ length }) => length === x.length),
      ),
    ),
  }) satisfies Checked<ProbeCard>;
  return v.pipe(
    fields,
    v.forward(
      v.check(({ map, topics }) => map.topic.every((topic) => topic < topics.length)),
      ['map', 'topic'],
    ),
  );
}

/** Base64 of exactly the wanted number of float32 values: the text's length is checked before it is decoded. */
const numbers = v.pipe(
  v.string(),
  v.maxLength(2 ** 25),
  v.regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
);

function storedProbe(layers: number) {
  return v.object({
    schema: v.literal(3),
    kind: v.literal('truth'),
    card: card(layers),
    arrays: v.object({ verdict: numbers, layers: numbers, mean: numbers, axes: numbers, variance: numbers }),
    platt: v.object({ slope: finite, offset: finite }),
    limit: finite,
    rest: finite,
  }) satisfies Checked<StoredProbe>;
}

export type CheckedProbe = v.InferOutput<ReturnType<typeof storedProbe>>;

const head = v.object({
  schema: v.literal(3),
  kind: v.literal('truth'),
  card: v.object({ modelSha256: name }),
});

/** The model's digest of a probe of this version; null for anything else. */
export function probeHead(value: unknown): { modelSha256: string } | null {
  const { success, output } = v.safeParse(head, value);
  return success ? output.card : null;
}

/** The probe, or the name of the field that is missing or wrong, such as `card.auroc.low`. */
export function checkedProbe(value: unknown, layers: number): { probe: CheckedProbe } | { wrong: string } {
  const parsed = v.safeParse(storedProbe(layers), value, { abortEarly: true });
  if (parsed.success) return { probe: parsed.output };
  return { wrong: v.getDotPath(parsed.issues[0])?.slice(0, 80) ?? 'card' };
}
