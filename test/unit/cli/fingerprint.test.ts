import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonical, settingsOf } from '../../../src/client/fingerprint';
import { loaded, run } from './fakeEngine';

describe('canonical JSON', () => {
  it('is that of RFC 8785, by its own example', () => {
    const example = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonical(example)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
    expect(canonical({ b: 1, '\u20ac': 2, '\r': 3, a: undefined })).toBe('{"\\r":3,"b":1,"€":2}');
  });
});

describe('the fingerprint', () => {
  const of = async (words: string[], options: Parameters<typeof run>[1] = {}) =>
    JSON.parse((await run([...words, '--json'], options)).output).fingerprint as string;

  it('is the first digits of the digest of what the result hangs on', async () => {
    const { model, runtime } = loaded;
    const { weights, precision, provider, onnxruntime } = runtime;
    const facts = {
      ...{ model: model.sha256, weights, precision, provider, onnxruntime, version: '9.9.9' },
      ...{ command: 'probabilities', options: { top: 10, var: {} }, probe: null },
    };
    const digest = createHash('sha256').update(canonical(facts)).digest('hex');
    expect(await of(['probabilities', 'a.txt'])).toBe(digest.slice(0, 16));
  });

  it('changes with what changes numbers, and with nothing else', async () => {
    const own = await of(['probabilities', 'a.txt']);
    expect(own).toMatch(/^[0-9a-f]{16}$/);
    const files = { files: { 'b.txt': 'Other words' } };
    for (const same of [['b.txt'], ['a.txt', '--threads', '3'], ['a.txt', '--csv', 'x.csv'], ['a.txt', '--verbose']])
      expect([same, await of(['probabilities', ...same], files)]).toEqual([same, own]);
    for (const other of [['--top', '3'], ['--raw'], ['--chat']])
      expect(await of(['probabilities', 'a.txt', ...other])).not.toBe(own);
    expect(await of(['tokens', 'a.txt'])).not.toBe(own);
    const fast = { ...loaded, runtime: { ...loaded.runtime, precision: 'fast' as const } };
    expect(await of(['probabilities', 'a.txt'], { handlers: { load: () => fast } })).not.toBe(own);
  });

  it('of a probe hangs on its bytes, not on its name', async () => {
    const probe = JSON.stringify({ best: 1, direction: [1, 2] });
    const files = { 'p.json': probe, 'q.json': probe, 'r.json': JSON.stringify({ best: 1, direction: [1, 3] }) };
    const steered = (name: string) => of(['generate', 'a.txt', '--steer', name], { files });
    expect(await steered('q.json')).toBe(await steered('p.json'));
    expect(await steered('r.json')).not.toBe(await steered('p.json'));
  });

  it('stands in every export, after what it is made of in words', async () => {
    const own = await of(['probabilities', 'a.txt']);
    const { files } = await run(['probabilities', 'a.txt', '--csv', 'c', '--svg', 's', '--html', 'h']);
    const rows = String(files.get('c')).trimEnd().split('\r\n');
    expect(rows[0]).toMatch(/,fingerprint$/);
    expect(rows.slice(1).every((row) => row.endsWith(`,${own}`))).toBe(true);
    expect(String(files.get('s'))).toMatch(new RegExp(`exact[^<]*fingerprint ${own}</text>`));
    expect(String(files.get('s'))).toContain(`<metadata>{"fingerprint":"${own}"`.replaceAll('"', '&quot;'));
    expect(String(files.get('h'))).toContain(`<meta name="fingerprint" content="${own}">`);
    expect(String(files.get('h'))).toContain(`<dt>fingerprint</dt><dd>${own}</dd>`);
  });
});

describe('paths in a report', () => {
  it('are file names unless asked for', async () => {
    const files = { 'deep/down.txt': 'One two' };
    const words = ['tokens', 'deep/down.txt', '--json'];
    const quiet = JSON.parse((await run(words, { files })).output);
    expect([quiet.model.path, quiet.prompt.file]).toEqual(['fake.gguf', 'down.txt']);
    const loud = JSON.parse((await run([...words, '--verbose'], { files })).output);
    expect([loud.model.path, loud.prompt.file]).toEqual(['models/fake.gguf', 'deep/down.txt']);
    expect((await run(['info'])).output).not.toContain('models/');
    expect((await run(['info', '--verbose'])).output).toContain('models/fake.gguf');
  });
});

describe('a picture', () => {
  it('says which file, target and settings it was made with, and when, on lines that fit it', async () => {
    const { files } = await run(['probabilities', 'deep/down.txt', '--svg', 's', '--html', 'h'], {
      files: { 'deep/down.txt': 'One two' },
    });
    for (const written of ['s', 'h']) {
      const text = String(files.get(written));
      expect(text).toMatch(/down\.txt, top 10, \d{4}-\d\d-\d\d \d\d:\d\d UTC</);
      expect(text).not.toContain('deep/');
    }
    expect(settingsOf({ target: ' London', by: { by: 'word', pattern: null }, choices: ['a', 'b'], csv: 'x' })).toEqual(
      [...['target " London"', 'by word', 'choices a, b']],
    );
  });
});
