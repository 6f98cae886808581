/**
 * The prompt against its baseline, as numbers and sentences: did the edit change the answer, what was replaced, which tokens changed most.
 * Pure.
 */
import type { PanelState } from '../../../src/analysis/panel';
import type { Baseline, ProbabilitiesData } from '../../../src/analysis/probabilities/contract';
import { changes, counterparts } from '../../../src/analysis/shared/alignment';
import type { Candidate } from '../../../src/analysis/shared/contract';
import type { Prompt } from '../../../src/protocol/model';
import { readableWithLikely } from '../../../src/protocol/pieces';
import { fixed, probability, signed, visible } from '../../base/format';
import { t } from '../../base/strings';

/** Smaller changes of a token are not worth a place in the list, in nats. */
const leastChange = 0.1;
const mostListed = 5;

/** One place where the texts differ; one of the two may be empty. */
export interface Hunk {
  removed: string;
  added: string;
}

export interface Comparison {
  name: string;
  /** [T] Change of each token's log p in nats; null without a counterpart. */
  change: (number | null)[];
  /** [T] The token has no counterpart: it was written or merged anew. */
  edited: boolean[];
  hunks: Hunk[];
  /** One sentence: did the answer change? */
  answer: string;
  /** The log-probability that a candidate had, null where it was not among those kept. */
  before: (candidate: Candidate) => number | null;
  end: number | null;
  perplexity: number | null;
  /** Positions of the tokens that changed most, the largest change first. */
  strongest: number[];
}

export function compared(baseline: PanelState['baseline'], data: ProbabilitiesData): Comparison | null {
  if (!baseline) return null;
  const { prompt, result } = data;
  const alignment = counterparts(
    prompt.tokens.map(({ bytes }) => bytes),
    baseline.bytes,
  );
  const change = changes(result.logprob, baseline.logprob, alignment);
  const known = new Map(baseline.next.map(({ id, logprob }) => [id, logprob]));
  return {
    name: baseline.name,
    change,
    edited: alignment.map((other) => other === null),
    hunks: hunksOf(prompt, baseline, alignment),
    answer: answerWords(baseline.next[0], result.next[0]),
    before: ({ id }) => known.get(id) ?? (id === baseline.end?.id ? baseline.end.logprob : null),
    end: baseline.end?.logprob ?? null,
    perplexity: baseline.perplexity,
    strongest: change
      .flatMap((value, position) => (value !== null && Math.abs(value) >= leastChange ? [{ value, position }] : []))
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
      .slice(0, mostListed)
      .map(({ position }) => position),
  };
}

const printed = ({ logprob }: Candidate) => probability(Math.exp(logprob));

function answerWords(before: Baseline['next'][number] | undefined, now: Candidate | undefined): string {
  if (!before || !now) return '';
  const [old, fresh] = [before, now].map((each) => {
    const text = readableWithLikely(each);
    return visible(text.trim() || text);
  });
  if (before.id !== now.id)
    return t('The answer changed from {0} ({1}) to {2} ({3}).', old, printed(before), fresh, printed(now));
  if (printed(before) === printed(now)) return t('The answer stays {0} ({1}).', fresh, printed(now));
  return t('The answer stays {0}, from {1} to {2}.', fresh, printed(before), printed(now));
}

/** What stands between two tokens that both texts have, in whole characters. */
function hunksOf(prompt: Prompt, baseline: Baseline, alignment: readonly (number | null)[]): Hunk[] {
  const places = prompt.tokens.map(({ start, end }): [number, number] => [start, end]);
  const hunks: Hunk[] = [];
  let [from, thenFrom] = [0, 0];
  for (let i = 0; i <= places.length; i++) {
    const other = i === places.length ? baseline.places.length : alignment[i];
    if (other === null) continue;
    const removed = textOf(baseline.rendered, baseline.places.slice(thenFrom, other));
    const hunk = { removed, added: textOf(prompt.rendered, places.slice(from, i)) };
    if (hunk.removed !== '' || hunk.added !== '') hunks.push(hunk);
    [from, thenFrom] = [i + 1, other + 1];
  }
  return hunks;
}

/** The characters of tokens that follow one another. */
function textOf(rendered: string, places: readonly [number, number][]): string {
  return places.length === 0 ? '' : rendered.slice(places[0][0], places[places.length - 1][1]);
}

/** Longer stretches are cut, since the text above shows them whole. */
const longest = 40;
const cut = (text: string) => ([...text].length > longest ? `${[...text].slice(0, longest).join('')}…` : text);

export function hunkWords({ removed, added }: Hunk): string {
  const [old, fresh] = [visible(cut(removed)), visible(cut(added))];
  if (removed === '') return t('added {0}', fresh);
  if (added === '') return t('removed {0}', old);
  return t('{0} replaced by {1}', old, fresh);
}

/** `perplexity 16.90, before 16.80 (+0.10)`. */
export function perplexityWords(now: number | null, before: number | null | undefined): string {
  if (now === null) return '';
  if (before === null || before === undefined) return t('perplexity {0}', fixed(now));
  return t('perplexity {0}, before {1} ({2})', fixed(now), fixed(before), signed(now - before));
}
