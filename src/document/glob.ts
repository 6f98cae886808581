/** Paths with wildcards, as tools write them for several files: `*`, `?`, `**`, `[ab]`, `{a,b}`. */
import type { Source } from './source';

/** More would make a pattern slow to match; no path that people write comes near. */
const mostStars = 8;
const wildcard = /[*?[\]{}]/;

export const hasWildcard = (path: string): boolean => wildcard.test(path);

/** The paths that fit, in order: none where files cannot be listed, or the pattern is malformed. */
export function pathsLike({ listBeside }: Source, pattern: string): string[] {
  const clean = pattern.replace(/^(?:\.\/)+/, '');
  const fits = patternOf(clean);
  const folder = clean.slice(0, clean.slice(0, clean.search(wildcard)).lastIndexOf('/') + 1);
  return fits ? (listBeside?.(folder) ?? []).filter((path) => fits.test(path)).sort() : [];
}

function patternOf(glob: string): RegExp | null {
  if (glob.split('*').length > mostStars + 1) return null;
  let open = 0;
  const written = glob.replace(/\*\*\/|\*+|\?|\[[^\]/]+\]|[{},]|[\\^$.|+()[\]]/g, (sign) => {
    if (sign === '**/') return '(?:[^/]+/)*';
    if (sign.startsWith('*')) return '[^/]*';
    if (sign === '?') return '[^/]';
    if (sign.length > 1) return sign.replace('[!', '[^').replaceAll('\\', '\\\\');
    if (sign === '{') open++;
    if (sign === '{') return '(?:';
    if (sign === ',' && open > 0) return '|';
    if (sign === '}' && open > 0) open--;
    else return `\\${sign}`;
    return ')';
  });
  try {
    return new RegExp(`^${written}$`, 'u');
  } catch {
    return null;
  }
}
