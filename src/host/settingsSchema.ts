/**
 * Each setting once: its id, its allowed values, and the value that replaces anything else in settings.json. A unit test compares the
 * manifest with it. Pure.
 */
import * as v from 'valibot';
import { tints } from '../analysis/probabilities/contract';
import { precisions, providerRequests } from '../protocol/model';
import { settingIds } from './ids';

/** The setting as in the manifest: the type, the default, and limits or members. */
export interface Stated {
  type: 'string' | 'boolean' | 'integer' | 'number';
  default: string | number | boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  enum?: readonly string[];
}

interface Setting<T> {
  id: string;
  stated: Stated;
  /** Turns any value into a usable one. */
  read(value: unknown): T;
}

function read<T>(schema: v.GenericSchema<unknown, T>, otherwise: T): (value: unknown) => T {
  return (value) => {
    const parsed = v.safeParse(schema, value);
    return parsed.success ? parsed.output : otherwise;
  };
}

const flag = (id: string, initial: boolean): Setting<boolean> => ({
  id,
  stated: { type: 'boolean', default: initial },
  read: read(v.boolean(), false),
});

/** A value beyond a limit becomes that limit. */
const whole = (id: string, initial: number, least: number, most: number): Setting<number> => ({
  id,
  stated: { type: 'integer', default: initial, minimum: least, maximum: most },
  read: read(
    v.pipe(
      v.number(),
      v.transform((value) => Math.min(most, Math.max(least, Math.round(value)))),
    ),
    least,
  ),
});

const choice = <const L extends readonly string[]>(id: string, list: L, initial: L[number]): Setting<L[number]> => ({
  id,
  stated: { type: 'string', default: initial, enum: list },
  read: read<L[number]>(v.picklist(list), initial),
});

export const settings = {
  /** A path or a name; null = the bundled model. */
  model: {
    id: settingIds.model,
    stated: { type: 'string', default: '' },
    read: read<string | null>(v.pipe(v.string(), v.trim(), v.nonEmpty()), null),
  } as Setting<string | null>,
  provider: choice(settingIds.provider, providerRequests, 'auto'),
  precision: choice(settingIds.precision, precisions, 'exact'),
  threads: whole(settingIds.threads, 0, 0, 256),
  /** In gigabytes; null = the engine's default. */
  compiledGraphsLimit: {
    id: settingIds.compiledGraphsLimit,
    stated: { type: 'number', default: 20, exclusiveMinimum: 0 },
    read: read<number | null>(v.pipe(v.number(), v.gtValue(0)), null),
  } as Setting<number | null>,
  live: flag(settingIds.liveEnabled, true),
  liveDelayMs: whole(settingIds.liveDelayMs, 300, 50, 5000),
  tints: flag(settingIds.tintsEnabled, true),
  tintKind: choice(settingIds.tintsKind, tints, 'surprisal'),
  nextTokenInlay: flag(settingIds.nextTokenInlay, true),
  codeLens: flag(settingIds.codeLens, true),
  alternatives: whole(settingIds.alternatives, 5, 1, 10),
  maxTokens: whole(settingIds.maxTokens, 256, 1, 1024),
  followCursor: flag(settingIds.followCursor, false),
  openOnStart: flag(settingIds.openOnStart, false),
} as const;

export type SettingValues = { [K in keyof typeof settings]: ReturnType<(typeof settings)[K]['read']> };

/** `get`: the value of an id from settings.json or the manifest's default. */
export function settingValues(get: (id: string) => unknown): SettingValues {
  const values = Object.entries(settings).map(([name, setting]) => [name, setting.read(get(setting.id))]);
  return Object.fromEntries(values) as SettingValues;
}
