/** The lens as rows: every known column, and the ranks of the followed tokens. */

import { type NamedToken, readable } from '../../../src/protocol/pieces';
import type { TableTwin } from '../../base/a11y';
import { t } from '../../base/strings';
import type { LensColumns } from './lensColumns';
import type { LensShown } from './lensShown';
import { roleWords } from './lensWords';

/** One row for each position and number of blocks. */
export function lensTwin(shown: LensShown | null, columns: LensColumns): TableTwin {
  const rows = shown
    ? columns
        .known()
        .flatMap((position) =>
          (columns.cells(position, false) ?? []).map((cell, layer) => [
            position + 1,
            named(shown.facts.tokens[position]) ?? '',
            layer,
            named(cell.top[0]),
            cell.top[0] ? Math.exp(cell.top[0].logprob) : null,
            cell.entropy,
            cell.change,
          ]),
        )
    : [];
  return {
    caption: t('Logit lens'),
    columns: [
      t('position'),
      t('token'),
      t('blocks'),
      t('likeliest'),
      t('probability'),
      t('entropy in nats'),
      t('change'),
    ],
    names: ['positionFrom1', 'token', 'layer', 'likeliest', 'probability', 'entropy', 'change'],
    rows,
  };
}

/** One row for each followed token and number of blocks, at the origin. */
export function lensRanksTable({ lines, follow, origin, facts }: LensShown): TableTwin {
  return {
    caption: t('Followed tokens at position {0}, {1}', origin + 1, facts.names[origin]),
    columns: [t('token'), t('role'), t('blocks'), t('rank'), t('log p')],
    names: ['text', 'role', 'layer', 'rankFrom1', 'logprob'],
    rows: lines.flatMap((line, index) =>
      (follow[index] ?? []).map((at, layer) => [line.text, roleWords(line.role), layer, at.rank + 1, at.logprob]),
    ),
  };
}

const named = (token: NamedToken | undefined) => (token ? readable(token) : null);
