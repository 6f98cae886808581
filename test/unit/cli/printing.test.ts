import { describe, expect, it } from 'vitest';
import { loaded, run, type stage } from './fakeEngine';

describe('for people', () => {
  it('probabilities: a line a token, and what comes next', async () => {
    const { output } = await run(['probabilities', 'a.txt']);
    expect(output).toMatchInlineSnapshot(`
      "position  token     probability  rank  surprisal  0–20 bits  entropy after  expected instead
             0  The                 –     –          –                 2.00 bits
             1  ·capital       50.0 %     0   1.0 bits  ▌              2.00 bits
             2  ·of            25.0 %     1   2.0 bits  █              2.00 bits  ·Paris 75.0 %
             3  ·France        12.5 %     2   3.0 bits  █▌             2.00 bits  ·Paris 75.0 %
             4  ·is             6.3 %     3   4.0 bits  ██             2.00 bits  ·Paris 75.0 %
        perplexity 4.000 over 4 tokens

      Next token
        ·Paris  75.0 %  ██████████████████████▌
        ·the    12.5 %  ███▊
      "
    `);
  });

  it('the other commands', async () => {
    const { output } = await run(['tokens', 'a.txt']);
    expect(output).toMatchInlineSnapshot(`
      "position  id  token     bytes             in the file
             0   0  The       546865            0–3
             1   1  ·capital  206361706974616c  3–11
             2   2  ·of       206f66            11–14
             3   3  ·France   204672616e6365    14–21
             4   4  ·is       206973            21–24
      5 tokens for 24 characters
      "
    `);
    expect((await run(['info'])).output).toMatchInlineSnapshot(`
      "fake
        family      llama, Q4_1
        blocks      2, each with 2 heads (1 for keys and values)
        width       8
        vocabulary  49,152 tokens
        context     64 tokens
        file        models/fake.gguf
        sha256      abababababababababababababababababababababababababababababababab
        provider    cpu (chosen automatically)
        refused     cuda: no device
        precision   exact, weights held as float32
        threads     2
        compiled    650 MB on disk in /cache (all may take 20.0 GB)
        runtime     ONNX Runtime 1.30.0
        loaded in   12 ms
      "
    `);
    expect(
      (await run(['choose', 'a.txt', '--choices', ' a', ' b', '--threshold', '0.5'])).output,
    ).toMatchInlineSnapshot(`
      "   answer   share              probability   log p  /token   /byte  tokens
      ✓  ·a      50.0 %  ██████████       20.0 %  -1.609  -1.609  -0.805  ·a
      ✓  ·b      50.0 %  ██████████       20.0 %  -1.609  -1.609  -0.805  ·b
        together they hold 40.0 % of what the model expects
        they part at their token 1: ·a | ·b
      "
    `);
    expect((await run(['attention', 'a.txt', '--sort', 'sinkMass', '--top', '2'])).output).toMatchInlineSnapshot(`
      "block  head    entropy  first token  previous token  induction  itself
          0     0  0.72 bits       90.0 %          20.0 %          –  10.0 %
          1     1  2.16 bits       60.0 %          20.0 %     40.0 %  10.0 %
        52.5 % of all attention goes to the first token
        2 more heads: --top 4, --sort, --json or --csv
      "
    `);
    expect((await run(['attention', 'a.txt', '--layer', '0', '--head', '1'])).output).toMatchInlineSnapshot(`
      "Block 0, head 1
      position  token     looks at
             0  The       The@0     100.0 %  ██████
             1  ·capital  The@0      50.0 %  ███     ·capital@1  50.0 %  ███
             2  ·of       The@0      33.3 %  ██      ·capital@1  33.3 %  ██   ·of@2  33.3 %  ██
             3  ·France   The@0      25.0 %  █▌      ·capital@1  25.0 %  █▌   ·of@2  25.0 %  █▌
             4  ·is       The@0      20.0 %  █▎      ·capital@1  20.0 %  █▎   ·of@2  20.0 %  █▎
      "
    `);
  });

  it('generation streams the text alone; a terminal also gets a summary, apart from it', async () => {
    expect(await run(['generate', 'a.txt'])).toMatchObject({ output: ' Hello\n', errors: '' });
    const watched = await run(['generate', 'a.txt'], { terminal: true });
    expect(watched.output).toBe(' Hello\n');
    expect(watched.errors).toContain('3 tokens, ended by <end>');
  });

  it('colour and progress appear in a terminal only', async () => {
    const handlers: NonNullable<Parameters<typeof stage>[0]>['handlers'] = {
      load: (_, { progress }) => {
        progress({ stage: 'loading', done: 1, total: 4, unit: 'bytes' });
        return loaded;
      },
    };
    const watched = await run(['probabilities', 'a.txt'], { terminal: true, handlers });
    expect(watched.errors).toBe('\r\u001b[KLoading the model 25 % …\r\u001b[K');
    expect(watched.output).toContain('\u001b[');
    const piped = await run(['probabilities', 'a.txt'], { handlers });
    expect(piped.errors).toBe('');
    expect(piped.output).not.toContain('\u001b[');
  });

  it('text from a file cannot control the terminal', async () => {
    const files = { 'evil.txt': '\u001b]0;title\u0007 \u202eabc' };
    const { output } = await run(['tokens', 'evil.txt'], { files });
    expect(output).toContain('\\u001b]0;title\\u0007');
    for (const control of ['\u001b', '\u0007', '\u202e']) expect(output).not.toContain(control);
  });
});
