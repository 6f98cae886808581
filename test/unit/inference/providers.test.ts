/** The choice of a provider, and the words that tell a user why another was not chosen. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { clause, inRow, wordsOf } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';

/** The runtime's error when a session is requested of a provider; without an entry the session runs. */
const failures = new Map<string, string>();
let known: string[] = [];

vi.mock('../../../src/inference/session', () => ({
  knownProviders: () => known,
  GraphSession: {
    create: async (_: unknown, provider: string) => {
      const message = failures.get(provider);
      if (message !== undefined) throw new Error(message);
      return { run: async () => ({}), release: async () => {} };
    },
  },
}));

const system = vi.hoisted(() => ({ name: 'linux' }));
vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  platform: () => system.name,
}));

const { chooseProvider } = await import('../../../src/inference/providers');

beforeEach(() => {
  failures.clear();
  known = ['cpu', 'cuda', 'webgpu'];
  system.name = 'linux';
});

const noCuda =
  'Error: /onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:2195 onnxruntime::Provider& ' +
  'onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library ' +
  'libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file: No such file or directory\n';

const said = ({ reason }: Awaited<ReturnType<typeof chooseProvider>>): string => (reason ? wordsOf(reason) : '');

describe('auto', () => {
  it('takes the first that runs, and then has nothing to explain', async () => {
    expect(await chooseProvider('auto')).toEqual({ provider: 'cuda', reason: null });
  });

  it('says of each that refused why, in a few words', async () => {
    failures.set('cuda', noCuda);
    failures.set('webgpu', 'Failed to get a WebGPU adapter: No supported adapters found.\n    at dawn');
    expect(await chooseProvider('auto')).toEqual({
      provider: 'cpu',
      reason: inRow([
        clause('of', 'cuda', clause('notInstalled', 'libcublasLt.so.12')),
        clause('of', 'webgpu', clause('noAdapter')),
      ]),
    });
  });

  it('says so when the build has no such provider', async () => {
    known = ['cpu'];
    const build = 'not in this build of ONNX Runtime';
    expect(said(await chooseProvider('auto'))).toBe(`cuda: ${build}; webgpu: ${build}`);
  });

  it.each([
    ['win32', ['cuda', 'webgpu', 'dml', 'cpu']],
    ['darwin', ['webgpu', 'coreml', 'cpu']],
    ['linux', ['cuda', 'webgpu', 'cpu']],
  ])('asks on %s in the order %j', async (platform, order) => {
    system.name = platform;
    known = ['cpu', 'cuda', 'webgpu', 'dml', 'coreml'];
    for (const name of order.slice(0, -1)) failures.set(name, 'no');
    const chosen = await chooseProvider('auto');
    const refused = said(chosen).split('; ');
    expect([...refused.map((part) => part.split(':')[0]), chosen.provider]).toEqual(order);
  });

  it('leaves source files, stacks and long texts of other messages out', async () => {
    failures.set(
      'cuda',
      `[ONNXRuntimeError] : 1 : FAIL : Device 0 is gone /build/src/cuda_call.cc:121 ${'and so on '.repeat(60)}\nstack`,
    );
    const reason = said(await chooseProvider('auto'));
    expect(reason).toMatch(/^cuda: Device 0 is gone/);
    expect(reason).not.toMatch(/\.cc|stack|\n/);
    expect(reason.length).toBeLessThan(180);
  });
});

describe('one asked for by name', () => {
  it('is taken when it runs', async () => {
    expect(await chooseProvider('webgpu')).toEqual({ provider: 'webgpu', reason: null });
  });

  it('is never replaced by another: the problem names it and the cause', async () => {
    failures.set('cuda', noCuda);
    const failure = await chooseProvider('cuda').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProblemError);
    const { code, message } = (failure as ProblemError).problem;
    expect(code).toBe('providerUnavailable');
    expect(message).toBe('The provider cuda cannot be used: libcublasLt.so.12 is not installed.');
  });
});
