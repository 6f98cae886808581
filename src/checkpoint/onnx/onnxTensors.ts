/** The weights of an exported decoder under our names; every initializer is used, or refused by its name. */
import { clause } from '../../protocol/clauses';
import { checkTensors } from '../checkTensors';
import type { Place, TensorNames } from '../families/family';
import { unsupported } from '../modelProblem';
import { type SeenTensor, type TensorView, viewedInfo } from '../tensorView';
import type { DecoderSpec } from '../types';
import type { Initializer, OnnxGraph } from './onnxFile';
import type { Block, Linear, Norm, Roles } from './onnxRoles';
import { isFloat, type OnnxTensor, type OnnxWeights } from './onnxWeights';

type Rows = TensorView['rows'];

export class OnnxTensors {
  readonly seen = new Map<string, SeenTensor<OnnxTensor>>();
  private readonly used = new Set<Initializer>();
  private readonly calls = new Map<string, string>();
  private readonly opened = new Map<Initializer, Promise<OnnxTensor>>();

  constructor(
    private readonly weights: OnnxWeights,
    private readonly spec: DecoderSpec,
    private readonly names: TensorNames,
    private readonly path: string,
  ) {}

  /** Rejects with modelUnsupported or modelMalformed. */
  async read(graph: OnnxGraph, roles: Roles): Promise<ReadonlyMap<string, SeenTensor<OnnxTensor>>> {
    const { embedding, positions, blocks, outputNorm, unembedding } = roles;
    if (embedding.quantised) await this.linear('token_embd', { ...unembedding, bias: null });
    else await this.see('token_embd.weight', embedding.weight, { transposed: embedding.turned });
    if (positions) await this.see('position_embd.weight', positions.weight, this.positionRows(positions.weight));
    await this.norm('output_norm', outputNorm);
    if (!this.spec.tied) await this.linear('output', unembedding);
    else this.used.add(unembedding.weight);
    for (const [index, block] of blocks.entries()) await this.block(`blk.${index}.`, block);
    for (const one of graph.initializers.values()) this.refuseUnread(one, graph);
    checkTensors(this.spec, this.seen, this.path, (name) => this.calls.get(name) ?? name);
    return this.seen;
  }

  private async block(at: string, block: Block): Promise<void> {
    for (const [name, norm] of Object.entries(block.norms)) if (norm) await this.norm(at + name, norm);
    const { heads, keyValueHeads, headWidth, feedForward } = this.spec;
    const { query, key, value, gate, up } = block;
    const [wide, narrow] = [heads * headWidth, keyValueHeads * headWidth];
    const parts = [
      ['attn_q', query, 0, wide, heads],
      ['attn_k', key, wide, narrow, keyValueHeads],
      ['attn_v', value, wide + narrow, narrow, 0],
    ] as const;
    const interleaved = block.attention ? block.attention.numbers.get('rotary_interleaved') === 1 : null;
    for (const [name, linear, first, count, turning] of parts) {
      const rows: Rows = key === value ? (placed(this.names, name).rows ?? [[first, first + count]]) : undefined;
      const neighbours = interleaved ?? placed(this.names, name).neighbours !== undefined;
      const turned = neighbours && turning > 0 ? { neighbours: { heads: turning } } : {};
      await this.linear(at + name, linear, { ...(rows ? { rows } : {}), ...turned });
    }
    await this.linear(`${at}attn_output`, block.output);
    if (gate) await this.linear(`${at}ffn_gate`, gate);
    const halves = this.spec.mlp.gated && !gate;
    if (halves) await this.linear(`${at}ffn_gate`, up, { rows: [[0, feedForward]] });
    await this.linear(`${at}ffn_up`, up, halves ? { rows: [[feedForward, 2 * feedForward]] } : {});
    await this.linear(`${at}ffn_down`, block.down);
  }

  private async linear(stem: string, { weight, turned, blocks, bias }: Linear, view: TensorView = {}): Promise<void> {
    if (blocks) {
      const { scales, zeros, ...sizes } = blocks;
      this.used.add(scales);
      if (zeros) this.used.add(zeros);
      if (!this.opened.has(weight)) this.opened.set(weight, this.weights.blocks(weight, scales, zeros, sizes));
    }
    await this.see(`${stem}.weight`, weight, { ...view, ...(turned ? {} : { transposed: true }) });
    if (bias) await this.see(`${stem}.bias`, bias, view);
  }

  private async norm(stem: string, { weight, bias, node }: Norm): Promise<void> {
    const epsilon = node.numbers.get('epsilon');
    if (epsilon !== undefined && Math.abs(epsilon / this.spec.norm.epsilon - 1) > 1e-3)
      throw unsupported(this.path, clause('saysNotComputed', 'epsilon', String(epsilon)));
    await this.see(`${stem}.weight`, weight, {});
    if (bias) await this.see(`${stem}.bias`, bias, {});
  }

  private async see(name: string, one: Initializer, view: TensorView): Promise<void> {
    const opened = this.opened.get(one) ?? this.weights.tensor(one);
    this.opened.set(one, opened);
    const stored = await opened;
    this.used.add(one);
    this.calls.set(name, one.name);
    const matrix = view.transposed && stored.shape.length === 2;
    const count = matrix ? stored.shape[1] : stored.shape[0];
    const beyond = view.rows?.some(([, to]) => to > count) ?? false;
    if (stored.shape.length === 0 || stored.shape.length > 2 || beyond)
      throw unsupported(this.path, clause('tensorNotComputed', one.name));
    this.seen.set(name, { ...viewedInfo(name, stored, view), stored, view });
  }

  /** OPT's table begins with two rows that no position has. */
  private positionRows({ dims }: Initializer): TensorView {
    const offset = dims[0] - this.spec.context;
    return offset > 0 ? { rows: [[offset, dims[0]]] } : {};
  }

  /** Numbers that are no floats shape and mask; a single float is a constant; caches of the rotation are compared elsewhere. */
  private refuseUnread(one: Initializer, graph: OnnxGraph): void {
    if (this.used.has(one) || !isFloat(one) || one.dims.reduce((a, b) => a * b, 1) <= 1) return;
    const turns = graph.nodes.some(
      ({ op, inputs }) =>
        (op === 'GroupQueryAttention' && inputs.indexOf(one.name) > 6) ||
        (op === 'RotaryEmbedding' && inputs.indexOf(one.name) > 1),
    );
    if (!turns) throw unsupported(this.path, clause('tensorNotComputed', one.name));
  }
}

function placed({ block }: TensorNames, name: string): TensorView {
  const place: Place | undefined = block[name];
  return typeof place === 'object' ? place : {};
}
