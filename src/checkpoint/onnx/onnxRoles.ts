/**
 * Which weight of an exported decoder is which, by the flow of values alone: keys and values are what leads to the cache, the output
 * projection reads what the values led to, the unembedding gives the logits. Names of nodes and weights mean nothing here.
 */
import type { Initializer, OnnxGraph, OnnxNode } from './onnxFile';
import { isFloat } from './onnxWeights';

/** A matrix of floats [K, N] (`turned`: [N, K]), or of blocks [N, K]. */
export interface Linear {
  node: OnnxNode;
  weight: Initializer;
  turned: boolean;
  blocks: {
    scales: Initializer;
    zeros: Initializer | null;
    rows: number;
    columns: number;
    bits: number;
    block: number;
  } | null;
  bias: Initializer | null;
  input: string;
  output: string;
}

export interface Norm {
  node: OnnxNode;
  weight: Initializer;
  bias: Initializer | null;
  inputs: readonly string[];
  output: string;
}

export interface Table {
  weight: Initializer;
  /** Blocks that only a matrix of MatMulNBits with the same bytes describes. */
  quantised: boolean;
  turned: boolean;
  output: string;
}

export interface Block {
  query: Linear;
  key: Linear;
  value: Linear;
  output: Linear;
  gate: Linear | null;
  up: Linear;
  down: Linear;
  norms: Partial<
    Record<'attn_norm' | 'attn_q_norm' | 'attn_k_norm' | 'post_attention_norm' | 'ffn_norm' | 'post_ffw_norm', Norm>
  >;
  /** com.microsoft's attention of grouped queries; null where attention is written out. */
  attention: OnnxNode | null;
}

export interface Roles {
  embedding: Table;
  positions: Table | null;
  blocks: readonly Block[];
  outputNorm: Norm;
  unembedding: Linear;
}

type Weighted = Linear | Norm | Table;

const isLinear = (one: Weighted | undefined): one is Linear => one !== undefined && 'turned' in one && 'node' in one;
const isNorm = (one: Weighted | undefined): one is Norm => one !== undefined && 'inputs' in one;

const norms = new Set(['SimplifiedLayerNormalization', 'LayerNormalization', 'RMSNormalization']);
const skipping = new Set(['SkipSimplifiedLayerNormalization', 'SkipLayerNormalization']);
const passing = new Set(['Reshape', 'Cast', 'Identity', 'Squeeze', 'Unsqueeze', 'Flatten']);
const grouped = 'GroupQueryAttention';
/** Operations between a weight and its use; a damaged graph can lead in a circle. */
const mostHops = 64;
/** Values looked at on the way to weights, far beyond those of any decoder. */
const mostSteps = 20_000_000;

/** The parts, or what of the graph is not that of a decoder, in a word. */
export function rolesOf(graph: OnnxGraph): Roles | string {
  const nested = graph.nodes.find((node) => node.nested);
  if (nested) return nested.op;
  return new Matcher(graph).roles();
}

class Matcher {
  private readonly producers = new Map<string, OnnxNode>();
  private readonly consumers = new Map<string, OnnxNode[]>();
  private readonly weighted = new Map<string, Weighted>();
  private readonly known = new Map<string, ReadonlySet<Weighted>>();
  private steps = 0;

  constructor(private readonly graph: OnnxGraph) {
    for (const node of graph.nodes) {
      for (const output of node.outputs) this.producers.set(output, node);
      for (const input of node.inputs) {
        const uses = this.consumers.get(input);
        if (uses) uses.push(node);
        else this.consumers.set(input, [node]);
      }
    }
    for (const node of graph.nodes) {
      const found = this.linear(node) ?? this.norm(node) ?? this.table(node);
      if (found) this.weighted.set(found.output, found);
    }
  }

  roles(): Roles | string {
    const unembedding = this.only('logits');
    if (!isLinear(unembedding)) return 'logits';
    const outputNorm = this.only(unembedding.input);
    const tables = [...this.weighted.values()].filter((one): one is Table => !('node' in one));
    const embedding = tables.find((one) => this.startsAt(this.producers.get(one.output)?.inputs[1], 'input_ids'));
    if (!isNorm(outputNorm) || !embedding) return 'input_ids';
    if (embedding.quantised && embedding.weight !== unembedding.weight) return 'GatherBlockQuantized';
    const others = tables.filter((one) => one !== embedding);
    if (others.length > 1) return others[1].weight.name;
    const blocks: Block[] = [];
    const downs = this.downs(unembedding);
    for (const [index, own] of this.attentions().entries()) {
      const block = this.block(own, downs[index]);
      if (typeof block === 'string') return block;
      blocks.push(block);
    }
    if (blocks.length === 0 || downs.length !== blocks.length) return 'present';
    return { embedding, positions: others[0] ?? null, blocks, outputNorm, unembedding };
  }

  /** What leads to queries (where that is known), keys and values of each block. */
  private attentions(): { query: string | null; key: string; value: string; node: OnnxNode | null }[] {
    const fused = this.graph.nodes.filter(({ op }) => op === grouped);
    if (fused.length > 0)
      return fused.map((node) => {
        const [query, key, value] = node.inputs;
        return { query, key: key || query, value: value || query, node };
      });
    const pairs = this.graph.outputs.flatMap((key) => {
      const value = key.replace(/key$/, 'value');
      return /key$/.test(key) && this.graph.outputs.includes(value) ? [{ query: null, key, value, node: null }] : [];
    });
    const place = (name: string) => Number(/(\d+)\D*key$/.exec(name)?.[1] ?? 0);
    return pairs.sort((a, b) => place(a.key) - place(b.key));
  }

  private block(
    own: { query: string | null; key: string; value: string; node: OnnxNode | null },
    down: Linear | undefined,
  ): Block | string {
    const [keyNorm, key] = this.normedLinear(own.key);
    const [, value] = this.normedLinear(own.value);
    if (!key || !value || !down) return own.key;
    const beside = this.linears().filter((one) => one.input === key.input && one !== key && one !== value);
    const [fusedNorm, fused] = own.query === null ? [null, null] : this.normedLinear(own.query);
    const output = this.linears().find((one) => one !== down && this.near(one.input).has(value));
    const query =
      fused ??
      (key === value ? key : beside.find((one) => this.near(output?.input ?? '').has(one) || this.feedsNorm(one)));
    if (!query || !output) return own.value;
    const ups = [...this.near(down.input)].filter(isLinear);
    const [gate, up] = this.gated(ups);
    if (!up) return down.weight.name;
    const attention = this.only(key.input);
    const inner = this.only(up.input);
    const queryNorm = fusedNorm ?? this.normBehind(query, keyNorm);
    const named = {
      attn_norm: isNorm(attention) ? attention : null,
      attn_q_norm: queryNorm,
      attn_k_norm: keyNorm,
      post_attention_norm: this.normBehind(output, null),
      ffn_norm: isNorm(inner) && inner !== attention ? inner : null,
      post_ffw_norm: this.normBehind(down, null),
    };
    const present = Object.entries(named).filter(([, one]) => one !== null);
    return { query, key, value, output, gate, up, down, norms: Object.fromEntries(present), attention: own.node };
  }

  /** The second matrices of the MLPs, in their order: those whose inputs come from matrices alone, and not from attention. */
  private downs(unembedding: Linear): Linear[] {
    const cached = new Set(this.attentions().flatMap(({ value }) => [...this.near(value)]));
    return this.linears().filter((one) => {
      if (one === unembedding) return false;
      const behind = [...this.near(one.input)];
      return behind.length > 0 && behind.length <= 2 && behind.every((other) => isLinear(other) && !cached.has(other));
    });
  }

  /** The gate goes through the activation; what it is multiplied with goes nowhere else. */
  private gated(ups: readonly Linear[]): [Linear | null, Linear | null] {
    if (ups.length === 1) return [null, ups[0]];
    if (ups.length !== 2 || ups[0].input !== ups[1].input) return [null, null];
    const idle = ups.filter(({ output }) => {
      const uses = this.consumers.get(output) ?? [];
      return uses.length === 1 && uses[0].op === 'Mul' && !uses[0].inputs.some((one) => this.isConstant(one));
    });
    if (idle.length !== 1) return [null, null];
    return [ups[0] === idle[0] ? ups[1] : ups[0], idle[0]];
  }

  private normedLinear(value: string): [Norm | null, Linear | null] {
    const one = this.only(value);
    if (isLinear(one)) return [null, one];
    const behind = isNorm(one) ? this.only(one.inputs[0]) : undefined;
    return isNorm(one) && isLinear(behind) ? [one, behind] : [null, null];
  }

  private normBehind(linear: Linear, except: Norm | null): Norm | null {
    const found = [...this.weighted.values()].filter(isNorm).find((one) => {
      const sources = new Set(one.inputs.flatMap((input) => [...this.near(input)]));
      return one !== except && sources.size === 1 && sources.has(linear);
    });
    return found ?? null;
  }

  private readonly feedsNorm = (linear: Linear): boolean => this.normBehind(linear, null) !== null;

  private linears(): Linear[] {
    return [...this.weighted.values()].filter(isLinear);
  }

  private only(value: string): Weighted | undefined {
    const near = this.near(value);
    return near.size === 1 ? [...near][0] : undefined;
  }

  /** The weighted operations that a value comes from, without another one between. Shapes do not count. */
  private near(value: string): ReadonlySet<Weighted> {
    const done = this.known.get(value);
    if (done) return done;
    const found = new Set<Weighted>();
    const seen = new Set<string>([value]);
    const open = [value];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (++this.steps > mostSteps) return new Set();
      const own = this.weighted.get(at);
      if (own) {
        found.add(own);
        continue;
      }
      const node = this.producers.get(at);
      if (!node || node.op === 'Shape') continue;
      // The sum that a fused norm hands on is that of its first two inputs.
      const inputs = skipping.has(node.op) ? node.inputs.slice(0, 2) : node.inputs;
      for (const input of inputs)
        if (input !== '' && !seen.has(input)) {
          seen.add(input);
          open.push(input);
        }
    }
    this.known.set(value, found);
    return found;
  }

  private startsAt(value: string | undefined, input: string): boolean {
    for (let at = value, hops = 0; at !== undefined && hops < mostHops; hops++) {
      if (at === input) return true;
      const node = this.producers.get(at);
      at = node && passing.has(node.op) ? node.inputs[0] : undefined;
    }
    return false;
  }

  private isConstant(value: string): boolean {
    return this.graph.initializers.has(value) || this.producers.get(value)?.op === 'Constant';
  }

  /** An initializer, perhaps turned or cast. */
  private weight(value: string | undefined): { weight: Initializer; turned: boolean } | null {
    let turned = false;
    for (let at = value, hops = 0; at !== undefined && hops < mostHops; hops++) {
      const weight = this.graph.initializers.get(at);
      if (weight) return { weight, turned };
      const node = this.producers.get(at);
      if (node?.op === 'Transpose') turned = !turned;
      else if (node?.op !== 'Cast' && node?.op !== 'Identity') return null;
      at = node.inputs[0];
    }
    return null;
  }

  private linear(node: OnnxNode): Linear | null {
    const { op, inputs, numbers } = node;
    if (op === 'MatMulNBits') return this.blocks(node);
    if (op !== 'MatMul' && op !== 'Gemm') return null;
    const found = this.weight(inputs[1]);
    if (found?.weight.dims.length !== 2 || !isFloat(found.weight)) return null;
    const plain = ['alpha', 'beta'].every((key) => (numbers.get(key) ?? 1) === 1) && (numbers.get('transA') ?? 0) === 0;
    if (!plain) return null;
    const turned = found.turned !== ((numbers.get('transB') ?? 0) === 1);
    const outputs = found.weight.dims[turned ? 0 : 1];
    return this.biased({ node, ...found, turned, blocks: null, input: inputs[0] }, outputs, inputs[2]);
  }

  private blocks(node: OnnxNode): Linear | null {
    const { inputs, numbers } = node;
    const [weight, scales, zeros] = inputs.slice(1, 4).map((one) => this.graph.initializers.get(one));
    const [rows, columns, bits, block] = ['N', 'K', 'bits', 'block_size'].map((key) => numbers.get(key) ?? 0);
    if (
      !weight ||
      !scales ||
      (inputs[3] && !zeros) ||
      inputs[4] ||
      ![rows, columns, block].every((one) => Number.isSafeInteger(one) && one > 0)
    )
      return null;
    const blocks = { scales, zeros: zeros ?? null, rows, columns, bits: bits || 4, block };
    return this.biased({ node, weight, turned: true, blocks, input: inputs[0] }, rows, inputs[5]);
  }

  /** A bias is an input, or added behind. */
  private biased(one: Omit<Linear, 'bias' | 'output'>, outputs: number, own: string | undefined): Linear {
    const [output] = one.node.outputs;
    const inside = own ? this.graph.initializers.get(own) : undefined;
    if (inside) return { ...one, bias: inside, output };
    const uses = this.consumers.get(output) ?? [];
    const [added] = uses.length === 1 && uses[0].op === 'Add' ? uses : [];
    const bias = added?.inputs.map((input) => this.graph.initializers.get(input)).find((initializer) => initializer);
    const fits = bias && bias.dims.length === 1 && bias.dims[0] === outputs;
    return fits ? { ...one, bias, output: added.outputs[0] } : { ...one, bias: null, output };
  }

  private norm(node: OnnxNode): Norm | null {
    const { op, inputs, outputs } = node;
    const named = (at: number) => this.graph.initializers.get(inputs[at] ?? '');
    const [output] = outputs;
    if (norms.has(op)) {
      const weight = named(1);
      return weight ? { node, weight, bias: named(2) ?? null, inputs: [inputs[0]], output } : null;
    }
    if (skipping.has(op)) {
      const weight = named(2);
      const summand = inputs[op.startsWith('SkipS') ? 3 : 4];
      if (!weight || summand) return null;
      return {
        node,
        weight,
        bias: op.startsWith('SkipS') ? null : (named(3) ?? null),
        inputs: inputs.slice(0, 2),
        output,
      };
    }
    // Written out: the last factor is the weight.
    if (op !== 'Mul') return null;
    const at = inputs.findIndex((input) => this.graph.initializers.has(input));
    const weight = named(at);
    if (!weight || !isFloat(weight) || weight.dims.length !== 1 || weight.dims[0] < 2) return null;
    return { node, weight, bias: null, inputs: [inputs[1 - at]], output };
  }

  private table(node: OnnxNode): Table | null {
    const [output] = node.outputs;
    if (node.op === 'GatherBlockQuantized') {
      const shaped = this.producers.get(node.inputs[0]);
      const weight = this.graph.initializers.get(shaped?.op === 'Reshape' ? shaped.inputs[0] : node.inputs[0]);
      return weight ? { weight, turned: false, quantised: true, output } : null;
    }
    const found = node.op === 'Gather' ? this.weight(node.inputs[0]) : null;
    const rows = (node.numbers.get('axis') ?? 0) === 0;
    const plain = found && isFloat(found.weight) && found.weight.dims.length === 2 && rows;
    return plain ? { ...found, quantised: false, output } : null;
  }
}
