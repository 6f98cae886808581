/**
 * Chooses the provider that runs the graphs. Providers are tried in order, the first that can run a graph of one node is taken, and
 * the reason of every refusal is kept for the user to see. `auto` = cuda, then what the system has (webgpu, dml, coreml), then cpu.
 */
import { platform } from 'node:os';
import { GraphBuilder } from '../graph/builder';
import { type Clause, clause, inRow, verbatim } from '../protocol/clauses';
import type { ProviderName, ProviderRequest } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { GraphSession, knownProviders } from './session';

export interface ChosenProvider {
  provider: ProviderName;
  /** Why the providers before it were refused; null when it was the first. */
  reason: Clause | null;
}

const native: Partial<Record<NodeJS.Platform, ProviderName[]>> = {
  win32: ['cuda', 'webgpu', 'dml', 'cpu'],
  darwin: ['webgpu', 'coreml', 'cpu'],
};

/** Throws `providerUnavailable` when a provider is asked for by name and refuses. */
export async function chooseProvider(requested: ProviderRequest): Promise<ChosenProvider> {
  const order = requested === 'auto' ? (native[platform()] ?? ['cuda', 'webgpu', 'cpu']) : [requested];
  const refusals: Clause[] = [];
  for (const provider of order) {
    const refusal = await refusalOf(provider);
    if (refusal === null) return { provider, reason: refusals.length > 0 ? inRow(refusals) : null };
    refusals.push(requested === 'auto' ? clause('of', provider, refusal) : refusal);
  }
  throw new ProblemError('providerUnavailable', [requested, inRow(refusals)]);
}

async function refusalOf(provider: ProviderName): Promise<Clause | null> {
  if (!knownProviders().includes(provider)) return clause('notInBuild');
  try {
    const session = await GraphSession.create(identityGraph(), provider, 1);
    await session.run({ x: { type: 'float32', data: Float32Array.of(1), dims: [1] } }, ['y']);
    await session.release();
    return null;
  } catch (error) {
    return shortReason(error instanceof Error ? error.message : String(error));
  }
}

function identityGraph(): Uint8Array {
  const g = GraphBuilder.create();
  g.node('Add', [g.input('x', 'float32', ['n']), g.scalar(1)], { outputs: ['y'] });
  g.output('y');
  return g.finish('').graph;
}

/** The runtime's messages name source files and contain whole stacks; a user needs only the cause. */
function shortReason(message: string): Clause {
  const missing = /lib[\w.+-]+\.so[\w.]*: cannot open shared object file/.exec(message);
  if (missing) return clause('notInstalled', missing[0].split(':')[0]);
  if (/Failed to (get|request) a WebGPU adapter|No supported adapter|adapter/i.test(message))
    return clause('noAdapter');
  const sentence = message
    .split('\n')[0]
    .replace(/^.*?(?:FAIL|Status Message)\s*:\s*/, '')
    .replace(/\s*\/\S+\.(cc|h):\d+\s*\S*/g, '');
  return verbatim(sentence.slice(0, 160).trim());
}
