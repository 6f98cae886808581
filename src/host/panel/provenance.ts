/** What the numbers in front were made with: every picture, table and saved run that leaves the panel carries it. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Analysis, commandOf, contracts } from '../../analysis/contracts';
import { type Declaration, dependence } from '../../analysis/declare';
import type { Options, Values } from '../../analysis/options';
import type { PanelState, Provenance } from '../../analysis/panel';
import { fingerprintOf, settingsOf, sha256 } from '../../client/fingerprint';

/** `probe`: hex digest of the file of the probe that judges; null where none does. */
export function provenanceOf(
  state: PanelState,
  analysis: Analysis,
  { version, probe, now }: { version: string; probe: string | null; now: Date },
): Provenance {
  const { model, runtime, intent } = state;
  const contract = contracts[analysis] as Declaration<unknown, string, string | null, Options>;
  const chosen = dependence(contract, intent[contracts[analysis].tab] as Values<Options>);
  const options = contract.targeted ? { target: intent.target, chosen } : { chosen };
  const facts = { model: { sha256: model?.sha256 ?? '' }, version, command: commandOf[analysis], probe, options };
  return {
    version,
    date: now.toISOString(),
    fingerprint: model && runtime ? fingerprintOf({ ...facts, runtime }) : null,
    settings: settingsWords(chosen),
  };
}

/** A path is told as the name of its file. */
function settingsWords(chosen: unknown): string {
  return settingsOf({ chosen: withFileNames(chosen) }).join(' · ');
}

function withFileNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withFileNames);
  if (value === null || typeof value !== 'object') return value;
  const named = ([name, own]: [string, unknown]) => [
    name,
    name === 'probe' && typeof own === 'string' ? basename(own) : withFileNames(own),
  ];
  return Object.fromEntries(Object.entries(value).map(named));
}

/** Whether a stored probe judges in this analysis. */
export const judges = (analysis: Analysis): boolean => contracts[analysis].tab === 'lie' && analysis !== 'probe';

/** Digest of the file of the probe that judges; null where none does, or where it cannot be read. `folder`: the extension's own. */
export async function probeDigest(state: PanelState, analysis: Analysis, folder: string): Promise<string | null> {
  if (!judges(analysis)) return null;
  const file = state.intent.lie.probe ?? join(folder, 'models', 'truth', 'probe.json');
  return readFile(file).then(sha256, () => null);
}
