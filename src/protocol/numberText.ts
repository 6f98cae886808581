/** Formats numbers for people, the same in the panel, in the editor and on the command line. Leaf: imports nothing. */

const minus = '\u2212';

/** A probability, a share, a weight: `.88`, `.077`, `5e−4`, `<1e−9`; near 1 `.998`, `>.999`. */
export function probability(p: number): string {
  if (p >= 1) return '1';
  if (p > 0.9995) return '>.999';
  if (p >= 0.995) return p.toFixed(3).slice(1);
  if (p >= 0.0995) return p.toFixed(2).slice(1);
  if (p >= 0.001) return p.toFixed(3).slice(1);
  if (p === 0) return '0';
  return p < 1e-9 ? `<1e${minus}9` : p.toExponential(0).replace('e-', `e${minus}`);
}
