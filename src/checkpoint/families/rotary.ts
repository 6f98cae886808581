/**
 * Rotary positions of a config.json, of both generations: `rope_parameters`, flat or one for each kind of layer, or `rope_theta`,
 * `rope_scaling` and `rope_local_base_freq`. The rules of each scaling are those of transformers (modeling_rope_utils.py).
 */
import type { Config, JsonRecord } from '../folder/config';
import type { RotaryTable } from '../types';

export interface Rotary {
  table: RotaryTable;
  /** Channels of each head that rotate. */
  rotated: number;
  /** The longest prompt for which these frequencies hold. */
  context: number;
}

/** Channels; a table is made for half of them before any tensor is looked at, and published heads have 512 at most. */
const mostRotated = 65_536;

/** Layers of one kind may have a rotation of their own. */
export type LayerKind = 'full_attention' | 'sliding_attention';

export function readRotary(config: Config, headWidth: number, kind: LayerKind | null = null): Rotary {
  const given = parametersOf(config, kind);
  const positions = config.number('max_position_embeddings');
  const own = new Parameters(given, config);
  // Newer files say it inside as well, and the inner one counts.
  const outer = partOf(config);
  const part = own.optional('partial_rotary_factor') ?? outer;
  // transformers takes an odd number of channels into the exponents, and rotates one more; another base has the same frequencies.
  const span = Math.trunc(headWidth * part);
  const rotated = 2 * Math.ceil(span / 2);
  if (rotated > mostRotated) throw config.refused('head_dim', headWidth);
  if (span < 1 || rotated > headWidth) throw config.refused('partial_rotary_factor', part);
  const inner = own.optional('rope_theta');
  const theta = inner ?? baseOf(config, kind);
  refuseOther(config, kind, inner);
  if (theta <= 0) throw config.impossible('rope_theta');
  const base = theta ** (rotated / span);
  const type = own.text('rope_type') ?? own.text('type') ?? 'default';
  if (!Object.hasOwn(scalings, type)) throw config.refused('rope_type', type);
  const scaling = scalings[type];
  const plain = { base, divisors: null, divisor: 1, amplitude: 1 };
  const [inside, outside] = [own.optional('original_max_position_embeddings'), originalOf(config)];
  const original = inside ?? outside ?? positions;
  const found = scaling({ own, plain, rotated, original, positions });
  own.refuseUnread();
  return { rotated, context: positions, ...found };
}

/** The parameters of the rotation, in the newer spelling. */
function parametersOf(config: Config, kind: LayerKind | null): JsonRecord {
  const given = config.record('rope_parameters');
  const own = kind === null ? null : given?.[kind];
  if (own) return own as JsonRecord;
  if (given) return Object.fromEntries(Object.entries(given).filter(([key]) => !key.endsWith('_attention')));
  // Older files scale the layers without a window only.
  const scaling = config.record('rope_scaling');
  return kind === 'sliding_attention' ? {} : (scaling ?? {});
}

function partOf(config: Config): number {
  const [usual, early] = ['partial_rotary_factor', 'rotary_pct'].map((key) => config.optional(key));
  return usual ?? early ?? 1;
}

const originalOf = (config: Config): number | null => config.optional('original_max_position_embeddings');

function baseOf(config: Config, kind: LayerKind | null): number {
  const local = config.optional('rope_local_base_freq');
  const global = config.optional('rope_theta') ?? config.optional('rotary_emb_base');
  return (kind === 'sliding_attention' ? local : null) ?? global ?? config.number('rope_theta');
}

/** A file that states its base in both spellings must state the same. */
function refuseOther(config: Config, kind: LayerKind | null, inner: number | null): void {
  const local = config.stated('rope_local_base_freq');
  const all = ['rope_theta', 'rotary_emb_base'].map((key) => config.stated(key));
  const outer = kind === 'sliding_attention' && local !== undefined ? [local] : all;
  const other = outer.find((one) => one !== undefined && one !== inner);
  if (inner !== null && other !== undefined) throw config.refused('rope_theta', other);
}

/** Keeps note of what was read, as Config does. */
class Parameters {
  private readonly read = new Set<string>();

  constructor(
    private readonly values: JsonRecord,
    private readonly config: Config,
  ) {}

  optional(key: string): number | null {
    this.read.add(key);
    const value = this.values[key] ?? null;
    if (value !== null && typeof value !== 'number') throw this.config.refused(key, value);
    return value;
  }

  number(key: string): number {
    const value = this.optional(key);
    if (value === null) throw this.config.refused(key, value);
    return value;
  }

  text(key: string): string | null {
    this.read.add(key);
    const value = this.values[key];
    return typeof value === 'string' ? value : null;
  }

  flag(key: string, fallback: boolean): boolean {
    this.read.add(key);
    return (this.values[key] ?? fallback) === true;
  }

  numbers(key: string, length: number): readonly number[] {
    this.read.add(key);
    const value = this.values[key];
    if (!Array.isArray(value) || value.length !== length || !value.every((one) => typeof one === 'number' && one > 0))
      throw this.config.refused(key, value);
    return value;
  }

  /** Values that another type would read, and null, ask for nothing. */
  refuseUnread(): void {
    for (const [key, value] of Object.entries(this.values))
      if (!this.read.has(key) && value !== null && key !== 'long_factor') throw this.config.refused(key, value);
  }
}

interface Given {
  own: Parameters;
  plain: RotaryTable;
  rotated: number;
  /** The context before it was extended. */
  original: number;
  /** The context now. */
  positions: number;
}

type Scaling = (given: Given) => { table: RotaryTable; context?: number };

const scalings: Readonly<Record<string, Scaling>> = {
  default: ({ plain }) => ({ table: plain }),
  linear: ({ own, plain }) => ({ table: { ...plain, divisor: own.number('factor') } }),
  llama3,
  yarn,
  longrope,
  dynamic,
};

/** Long waves are slowed by the factor, short ones not at all, and those between in proportion. */
function llama3({ own, plain, rotated, original }: Given) {
  const [factor, low, high] = ['factor', 'low_freq_factor', 'high_freq_factor'].map((key) => own.number(key));
  const divisors = pairs(rotated).map((pair) => {
    const wave = 2 * Math.PI * plain.base ** ((2 * pair) / rotated);
    if (wave < original / high) return 1;
    if (wave > original / low) return factor;
    const smooth = (original / wave - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
  return { table: { ...plain, divisors } };
}

/** Peng et al. 2023: a ramp over the channels between those that turn often and those that turn seldom. */
function yarn({ own, plain, rotated, original, positions }: Given) {
  const factor = own.optional('factor') ?? positions / original;
  const [fast, slow] = [own.optional('beta_fast') ?? 32, own.optional('beta_slow') ?? 1];
  const channelOf = (turns: number) =>
    (rotated * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(plain.base));
  const whole = own.flag('truncate', true);
  const low = Math.max(whole ? Math.floor(channelOf(fast)) : channelOf(fast), 0);
  const high = Math.min(whole ? Math.ceil(channelOf(slow)) : channelOf(slow), rotated - 1);
  const divisors = pairs(rotated).map((pair) => {
    const ramp = Math.min(1, Math.max(0, (pair - low) / (high === low ? 0.001 : high - low)));
    return 1 / (ramp / factor + 1 - ramp);
  });
  const grown = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  const [scale, all] = [own.optional('mscale'), own.optional('mscale_all_dim')];
  const amplitude = own.optional('attention_factor') ?? (scale && all ? grown(scale) / grown(all) : grown(1));
  return { table: { ...plain, divisors, amplitude } };
}

/** Ding et al. 2024. Beyond the original length other factors would hold for the whole prompt, so prompts end there. */
function longrope({ own, plain, rotated, original, positions }: Given) {
  const factor = own.optional('factor') ?? positions / original;
  const grown = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
  const amplitude = own.optional('attention_factor') ?? grown;
  const table = { ...plain, divisors: own.numbers('short_factor', rotated / 2), amplitude };
  return { table, context: Math.min(original, positions) };
}

/**
 * A fixed `alpha` raises the base. Without one the base depends on the prompt's length beyond the original context, so prompts end
 * there.
 */
function dynamic({ own, plain, rotated, positions }: Given) {
  const alpha = own.optional('alpha');
  for (const key of ['factor', 'beta_fast', 'beta_slow', 'mscale', 'mscale_all_dim']) own.optional(key);
  if (!alpha) return { table: plain, context: positions };
  return { table: { ...plain, base: plain.base * alpha ** (rotated / (rotated - 2)) } };
}

const pairs = (rotated: number): number[] => Array.from({ length: rotated / 2 }, (_, pair) => pair);
