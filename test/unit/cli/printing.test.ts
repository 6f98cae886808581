import { describe, expect, it } from 'vitest';
import { loaded, run, type stage } from './fakeEngine';

describe('for people', () => {
  it('probabilities: a line a token, and what comes next', async () => {
    const { output } = await run(['probabilities', 'a.txt']);
    expect(output).toMatchInlineSnapshot(`
      "position  token     probability  rank  surprisal, nats  0–14  entropy after, nats  expected
             1  The                 –     –                –                       1.39
             2  ·capital          .50     1             0.69  ▌                    1.39
             3  ·of               .25     2             1.39  █                    1.39  ·Paris .75
             4  ·France           .13     3             2.08  █▌                   1.39  ·Paris .75
             5  ·is              .063     4             2.77  ██                   1.39  ·Paris .75
        perplexity 4.000 over 4 tokens

      Next token
        ·Paris  .75  ██████████████████████▌
        ·the    .13  ███▊
      "
    `);
  });

  it('the other commands', async () => {
    const { output } = await run(['tokens', 'a.txt']);
    expect(output).toMatchInlineSnapshot(`
      "position  id  token     bytes             in the file
             1   0  The       546865            0–3
             2   1  ·capital  206361706974616c  3–11
             3   2  ·of       206f66            11–14
             4   3  ·France   204672616e6365    14–21
             5   4  ·is       206973            21–24
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
        file        fake.gguf
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
      "   answer  share              probability   log p  /token   /byte  tokens
      ✓  ·a        .50  ██████████          .20  -1.609  -1.609  -0.805  ·a
      ✓  ·b        .50  ██████████          .20  -1.609  -1.609  -0.805  ·b
        together they hold .40 of what the model expects
        they part at their token 1: ·a | ·b
      "
    `);
    expect((await run(['attention', 'a.txt', '--sort', 'sinkMass', '--top', '2'])).output).toMatchInlineSnapshot(`
      "block  head  entropy in nats  first token  previous token  induction  itself
          0     0             0.50          .90             .20          –     .10
          1     1             1.50          .60             .20        .40     .10
        .53 of all attention goes to the first token
        2 more heads: --top 4, --sort, --json or --csv
      "
    `);
    expect((await run(['attention', 'a.txt', '--layer', '0', '--head', '1'])).output).toMatchInlineSnapshot(`
      "Block 0, head 1
      position  token     looks at
             1  The       The@1       1  ██████
             2  ·capital  The@1     .50  ███     ·capital@2  .50  ███
             3  ·of       The@1     .33  ██      ·capital@2  .33  ██   ·of@3  .33  ██
             4  ·France   The@1     .25  █▌      ·capital@2  .25  █▌   ·of@3  .25  █▌
             5  ·is       The@1     .20  █▎      ·capital@2  .20  █▎   ·of@3  .20  █▎
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
