/**
 * Compares a checkpoint's tensors, under our names, with what its spec asks for: a missing or misshapen tensor is reported here, before
 * a graph is built from it, and a tensor that the spec has no place for is refused by name.
 */
import { clause } from '../protocol/clauses';
import { malformed, unsupported } from './modelProblem';
import type { DecoderSpec, TensorInfo } from './types';

interface Place {
  shape: number[];
  needed: boolean;
}

/** `calls`: our name → the file's, for messages. Throws modelMalformed or modelUnsupported. */
export function checkTensors(
  spec: DecoderSpec,
  tensors: ReadonlyMap<string, TensorInfo>,
  path: string,
  calls: (name: string) => string = (name) => name,
): void {
  const places = placesOf(spec);
  for (const [name, { shape }] of tensors) {
    const place = places.get(name);
    if (!place) throw unsupported(path, clause('tensorNotComputed', calls(name)));
    if (shape.join() !== place.shape.join())
      throw malformed(path, clause('tensorNot', calls(name), shape.join(' × '), place.shape.join(' × ')));
  }
  // What one block has besides, every block must have.
  const blockless = (name: string) => name.replace(/^blk\.\d+\./, 'blk.');
  const had = new Set([...tensors.keys()].map(blockless));
  for (const [name, { needed }] of places)
    if ((needed || (had.has(blockless(name)) && name.startsWith('blk.'))) && !tensors.has(name))
      throw malformed(path, clause('tensorMissing', calls(name)));
}

/** Every tensor that a decoder of this spec may have. */
function placesOf(spec: DecoderSpec): Map<string, Place> {
  const { width, vocabulary, heads, keyValueHeads, headWidth, feedForward, placement, queryKeyNorm } = spec;
  const places = new Map<string, Place>();
  const linear = (stem: string, outputs: number, inputs: number, needed = true) => {
    places.set(`${stem}.weight`, { shape: [outputs, inputs], needed });
    places.set(`${stem}.bias`, { shape: [outputs], needed: false });
  };
  const norm = (stem: string, size = width, needed = true) => {
    places.set(`${stem}.weight`, { shape: [size], needed });
    if (spec.norm.kind === 'layer') places.set(`${stem}.bias`, { shape: [size], needed: false });
  };
  places.set('token_embd.weight', { shape: [vocabulary, width], needed: true });
  norm('output_norm');
  if (!spec.tied) linear('output', vocabulary, width);
  if (spec.positions.learned) places.set('position_embd.weight', { shape: [spec.context, width], needed: true });
  for (const { divisors } of spec.positions.tables)
    if (divisors && 'tensor' in divisors)
      places.set(divisors.tensor, { shape: [spec.positions.rotated / 2], needed: true });
  for (let block = 0; block < spec.layers; block++) {
    const at = (name: string): string => `blk.${block}.${name}`;
    if (placement !== 'after') norm(at('attn_norm'));
    linear(at('attn_q'), heads * headWidth, width);
    linear(at('attn_k'), keyValueHeads * headWidth, width);
    linear(at('attn_v'), keyValueHeads * headWidth, width);
    if (queryKeyNorm) {
      norm(at('attn_q_norm'), queryKeyNorm.span === 'head' ? headWidth : heads * headWidth);
      norm(at('attn_k_norm'), queryKeyNorm.span === 'head' ? headWidth : keyValueHeads * headWidth);
    }
    linear(at('attn_output'), width, heads * headWidth);
    if (placement !== 'before') norm(at('post_attention_norm'));
    if (placement !== 'after') norm(at('ffn_norm'), width, spec.residual === 'sequential');
    if (spec.mlp.gated) linear(at('ffn_gate'), feedForward, width);
    linear(at('ffn_up'), feedForward, width);
    linear(at('ffn_down'), width, feedForward);
    if (placement !== 'before') norm(at('post_ffw_norm'));
  }
  return places;
}
