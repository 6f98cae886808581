/** The direction in a probe's file, and the message where a file holds none. */
import { describe, expect, it, vi } from 'vitest';
import { probeDirection } from '../../../src/cli/probeDirection';
import { stage } from './fakeEngine';

function read(content: string, layer: number | null = null) {
  const scene = stage();
  scene.files.set('p.json', content);
  const request = vi.fn(async () => ({ layer: 16, direction: [9] }));
  const session = { engine: { request }, model: { name: 'tiny', sha256: 'ab' } } as never;
  return { found: probeDirection(scene.environment, session, 'p.json', layer), request };
}
const layers = { schema: 1, kind: 'layers', modelSha256: 'ab', best: 3, direction: [0.5, -1] };
const code = (problem: string) => expect.objectContaining({ problem: expect.objectContaining({ code: problem }) });

describe('a probe file', () => {
  it('of layers gives its direction at its best layer, or at the one asked for', async () => {
    expect(await read(JSON.stringify(layers)).found).toEqual({ layer: 3, direction: [0.5, -1] });
    expect(await read(JSON.stringify(layers), 7).found).toEqual({ layer: 7, direction: [0.5, -1] });
    const { modelSha256: _, ...unnamed } = layers;
    expect(await read(JSON.stringify(unnamed)).found).toMatchObject({ layer: 3 });
  });

  it('of statements is asked of the engine', async () => {
    const { found, request } = read('{"kind": "truth"}', 12);
    expect(await found).toEqual({ layer: 16, direction: [9] });
    expect(request).toHaveBeenCalledWith('truthDirection', { probe: 'p.json', layer: 12 });
  });

  it.each([
    ['{', 'probeMalformed'],
    ...['null', '[]', '7', '"x"', '{}'].map((text) => [text, 'probeMalformed']),
    [JSON.stringify({ ...layers, best: -1 }), 'probeMalformed'],
    [JSON.stringify({ ...layers, best: 1.5 }), 'probeMalformed'],
    [JSON.stringify({ ...layers, direction: [] }), 'probeMalformed'],
    [JSON.stringify({ ...layers, direction: [1, null] }), 'probeMalformed'],
    [JSON.stringify({ ...layers, modelSha256: 'cd' }), 'probeOtherModel'],
  ])('%s is refused in words', async (content, problem) => {
    await expect(read(content).found).rejects.toEqual(code(problem));
  });
});
