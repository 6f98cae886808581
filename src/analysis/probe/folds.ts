/**
 * Which rows are held out together. Rows of one group are never on both sides, and neither are rows of the same text: a probe would be
 * tested on what it has seen. Pure.
 */
import { seededRandom } from '../shared/random';

export interface Grouping {
  /** [N] rows with the same number stay together. */
  unit: number[];
  units: number;
  /** Rows of the same text were in different groups, or in none, and have been put together. */
  duplicates: boolean;
}

/** Where `groups` or an entry of it is null, each row is its own group, except that duplicates of a text stay together. */
export function groupRows(texts: readonly string[], groups: readonly (string | null)[]): Grouping {
  const parent = texts.map((_, row) => row);
  const root = (row: number): number => {
    let at = row;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  const first = { group: new Map<string, number>(), text: new Map<string, number>() };
  let duplicates = false;
  texts.forEach((text, row) => {
    const group = groups[row];
    const sameGroup = group === null ? undefined : first.group.get(group);
    if (group !== null && sameGroup === undefined) first.group.set(group, row);
    if (sameGroup !== undefined) parent[root(row)] = root(sameGroup);
    const key = text.trim().toLowerCase();
    const sameText = first.text.get(key);
    if (sameText === undefined) first.text.set(key, row);
    else if (root(sameText) !== root(row)) {
      duplicates = true;
      parent[root(row)] = root(sameText);
    }
  });
  const numbers = new Map<number, number>();
  const unit = texts.map((_, row) => {
    const own = root(row);
    const known = numbers.get(own) ?? numbers.size;
    numbers.set(own, known);
    return known;
  });
  return { unit, units: numbers.size, duplicates };
}

/** [N] The fold of each row: units are shuffled, then each is dealt to the fold that has the fewest rows. */
export function dealFolds({ unit, units }: Pick<Grouping, 'unit' | 'units'>, folds: number, seed: number): number[] {
  const random = seededRandom(seed);
  const sizes = new Array<number>(units).fill(0);
  for (const each of unit) sizes[each]++;
  const order = sizes
    .map((size, index) => ({ index, size, draw: random() }))
    .sort((a, b) => b.size - a.size || a.draw - b.draw);
  const load = new Array<number>(folds).fill(0);
  const foldOf = new Array<number>(units).fill(0);
  for (const { index, size } of order) {
    const fold = load.indexOf(Math.min(...load));
    foldOf[index] = fold;
    load[fold] += size;
  }
  return unit.map((each) => foldOf[each]);
}

/** Shuffles the labels within each stratum, so that a shuffled row keeps the properties that must not reveal the label. */
export function shuffleWithin<T>(labels: readonly T[], strata: readonly unknown[], random: () => number): T[] {
  const members = new Map<unknown, number[]>();
  strata.forEach((stratum, row) => {
    members.set(stratum, [...(members.get(stratum) ?? []), row]);
  });
  const out = [...labels];
  for (const rows of members.values()) {
    for (let last = rows.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [out[rows[last]], out[rows[other]]] = [out[rows[other]], out[rows[last]]];
    }
  }
  return out;
}
