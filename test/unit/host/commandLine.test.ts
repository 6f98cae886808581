/** The wording of the copied commands, and that the command line accepts every one of them. */
import { describe, expect, it } from 'vitest';
import { tabs } from '../../../src/analysis/contracts';
import {
  type EmbeddingsPlan,
  embeddingsSources,
  projectionBases,
  projectionMethods,
} from '../../../src/analysis/embeddings/contract';
import type { Intent } from '../../../src/analysis/panel';
import { probeFrames, probeTasks } from '../../../src/analysis/probe/contract';
import { operators, saliencyMethods } from '../../../src/analysis/saliency/contract';
import { scopes, unitKinds } from '../../../src/analysis/shared/contract';
import { runCommandLine } from '../../../src/cli/program';
import { formatList, type PromptKind } from '../../../src/document/formats';
import { type CommandLineRequest, commandLine } from '../../../src/host/commandLine';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import { ProblemError } from '../../../src/protocol/problem';
import { stage } from '../cli/fakeEngine';
import { nothingChosen } from './copied';

const at = (tab: Intent['tab'], change: Partial<Intent> = {}): Intent => ({ ...initialIntent, tab, ...change });
const { selection } = nothingChosen;
const line = (intent: Intent, change: Partial<CommandLineRequest> = {}) =>
  commandLine({ ...nothingChosen, ...change, intent }, 'posix').replaceAll('prompt-lens ', '');

describe('the command line', () => {
  it('names only what differs from the defaults', () => {
    expect(line(at('probabilities'))).toBe('probabilities a.txt');
    expect(line(at('probabilities'), { top: 12 })).toBe('probabilities a.txt --top 12');
    const engine = { model: '/m/x y.gguf', provider: 'cpu', precision: 'fast', threads: 4 } as const;
    expect(line(at('probabilities'), { engine })).toBe(
      "probabilities a.txt --model '/m/x y.gguf' --provider cpu --precision fast --threads 4",
    );
  });

  it('computes it again once somebody has asked for that', () => {
    const { probabilities } = initialIntent;
    const asked = (change: object) =>
      line(
        at('probabilities', { probabilities: { ...probabilities, repeat: { ...probabilities.repeat, ...change } } }),
      );
    expect(asked({ asked: true })).toBe('probabilities a.txt\nrepeat a.txt');
    expect(asked({ asked: true, maxTokens: 80, runs: 5 })).toMatch(/\nrepeat a\.txt --max-tokens 80 --runs 5$/);
    expect(asked({ maxTokens: 80 })).toBe('probabilities a.txt');
  });

  it('gives the variables the values that were typed, quoted, wherever the file is read as a prompt', () => {
    const trip = {
      file: { path: 'trip.prompty' },
      format: 'prompty',
      variables: { city: 'Oslo', q: 'It\'s "so" -x' },
    } as const;
    const words = "--var city=Oslo --var 'q=It'\\''s \"so\" -x'";
    expect(line(at('probabilities'), trip)).toBe(`probabilities trip.prompty ${words}`);
    expect(line(at('lie'), trip)).toBe(`truth trip.prompty --sentences ${words}`);
    expect(line(at('probabilities'), { ...trip, variables: { empty: '' } })).toMatch(/ --var empty=$/);
    const second = { path: 'b.prompty' };
    const patched = at('patching', { patching: { from: 'x', map: 'residual' } });
    expect(line(patched, { ...trip, second })).toContain(`--from b.prompty`);
    expect(line(patched, { ...trip, second })).toContain(words);
    expect(line(at('embeddings'), { ...trip, plan: null })).toContain(words);
    expect(line(at('lie'), { ...trip, file: { path: 'c.csv' }, rows: true })).not.toContain('--var');
  });

  it('leaves the last message open where the panel does', () => {
    const open = { file: { path: 'a.json' }, format: 'chatJson', continueLast: true } as const;
    expect(line(at('probabilities'), open)).toBe('probabilities a.json --continue');
    expect(line(at('saliency'), open)).toMatch(/ --continue$/);
    expect(line(at('lie', { lie: { ...initialIntent.lie, section: 'answer' } }), open)).toMatch(/ --continue$/);
    expect(line(at('lie'), open)).not.toContain('--continue');
  });

  it('names the chosen head, else the one that is drawn, and what runs it', () => {
    expect(line(at('attention'), { selection: { ...selection, layer: 20, head: 5 } })).toBe(
      'attention a.txt --layer 20 --head 5',
    );
    const drawn = { ...selection, drawnLayer: 3, drawnHead: 0 };
    expect(line(at('attention'), { selection: drawn, program: ['node', '/my extensions/dist/cli.js'] })).toBe(
      "node '/my extensions/dist/cli.js' attention a.txt --layer 3 --head 0",
    );
  });

  it('says how the text is read where its name does not', () => {
    const read = (file: CommandLineRequest['file'], format: PromptKind, change: Partial<CommandLineRequest> = {}) =>
      line(at('attention'), { file, format, ...change })
        .split(' ')
        .slice(2)
        .join(' ');
    expect(read({ path: 'a.prompty' }, 'prompty')).toBe('');
    expect(read({ path: 'a.prompty' }, 'raw')).toBe('--raw');
    expect(read({ path: 'a.txt' }, 'promptMd')).toBe('--format prompt.md');
    // The table is viewed as plain text.
    expect(read({ path: 'a.csv' }, 'raw')).toBe('--raw');
  });

  it('carries a text that is in no file, with its format', () => {
    const file = { text: '{"a": 1}' };
    expect(line(at('attention'), { file, format: 'chatJson' })).toBe(
      `printf %s '{"a": 1}' | attention - --format json`,
    );
    const patching = line(at('patching'), { file: { text: 'a b' }, second: { text: 'a c' } });
    expect(patching.split('\n')).toHaveLength(3);
    expect(line(at('patching'), { second: { text: 'a c' } })).toBe("printf %s 'a c' | patch a.txt --from -");
    // The second prompt is read in the format of the first one, whatever its name is.
    expect(line(at('patching'), { second: { path: 'b.prompty' } })).toBe('patch a.txt --from b.prompty --raw');
  });
});

describe('the command line of an explanation', () => {
  const saliency = (
    change: Partial<Intent['saliency']>,
    target: Intent['target'] = {},
    units: CommandLineRequest['units'] = [],
  ) =>
    line(at('saliency', { saliency: { ...initialIntent.saliency, methods: ['occlusion'], ...change }, target }), {
      units,
    }).replace('saliency a.txt --methods occlusion ', '');
  const layers = (section: Intent['layers']['section'], target: Intent['target'] = {}, locked: number | null = null) =>
    line(at('layers', { layers: { ...initialIntent.layers, section }, target }), {
      selection: { ...selection, locked },
    });

  it('of saliency has its methods, unit, operator, scope and target', () => {
    expect(line(at('saliency'))).toBe('saliency a.txt --by word --scope user');
    expect(saliency({ by: 'token', operator: 'delete', scope: 'all' })).toBe('--operator delete');
    expect(saliency({ by: 'match', pattern: 'du l' })).toBe("--by '/du l/' --scope user");
    expect(saliency({ by: 'match', pattern: '/du.l/i' })).toBe('--by /du.l/i --scope user');
    expect(saliency({ by: 'token' }, { text: ' yes', contrast: '-no' })).toBe(
      "--scope user --target ' yes' --contrast=-no",
    );
  });

  it('has the selected stretches as units, both ends included', () => {
    const units: CommandLineRequest['units'] = [
      [0, 4],
      [9, 12],
      [7, 7],
    ];
    expect(saliency({ by: 'selection' }, {}, units)).toBe('--by 1-4,10-12 --scope user');
  });

  it('has one or several of the prompt’s own tokens as the target', () => {
    expect(saliency({ by: 'token' }, { span: [4, 5] })).toBe('--scope user --at 5');
    expect(saliency({ by: 'token' }, { span: [4, 7] })).toBe('--scope user --at 5-7');
  });

  it('of the layers is that of the section', () => {
    expect(layers('lens', { text: ' yes' }, 7)).toBe("lens a.txt --position 8 --target ' yes'");
    expect(layers('lens', { span: [4, 6] })).toBe('lens a.txt --at 5-6');
    expect(layers('heads', { text: 'x' })).toBe('heads a.txt --target x');
    expect(layers('examples', { contrast: 'x' })).toBe('examples a.txt --contrast x');
  });

  it('of patching names the second file, and is the only one that may be refused', () => {
    const target = { text: ' 4' };
    expect(line(at('patching', { target }), { second: { path: 'b.txt' } })).toBe(
      "patch a.txt --from b.txt --target ' 4'",
    );
    expect(() => line(at('patching'))).toThrow('no second prompt');
  });
});

describe('the command line of the lie detector', () => {
  const lie = (change: Partial<Intent['lie']>, request: Partial<CommandLineRequest> = {}) =>
    line(at('lie', { lie: { ...initialIntent.lie, ...change } }), request);
  const table = { file: { path: 'a.csv' }, rows: true } as const;

  it('judges the sentences of a text, the rows of a table, or the model’s own answer', () => {
    expect(lie({})).toBe('truth a.txt --sentences');
    expect(lie({}, table)).toBe('truth a.csv');
    expect(lie({ probe: '/my probes/a.json' }, table)).toBe("truth a.csv --probe '/my probes/a.json'");
    expect(lie({ section: 'answer' })).toBe('truth a.txt --answer');
  });

  it('trains a layer probe', () => {
    expect(lie({ section: 'probe' }, table)).toBe('probe train a.csv --task layers');
    expect(lie({ section: 'probe', task: 'number', frame: 'statement' }, table)).toBe(
      'probe train a.csv --task number --frame statement',
    );
    expect(lie({ section: 'probe', label: 'longitude', groupBy: '', template: 'The city of {x}' }, table)).toBe(
      "probe train a.csv --task layers --label longitude --group '' --template 'The city of {x}'",
    );
  });

  it('of a steered text writes it with and without', () => {
    const steered = (change: Partial<Intent['lie']>, strength = -0.3, layer: number | null = null) => {
      const steer = { text: 'The key', strength, layer, tokens: 16 };
      return lie({ steer, ...change }).split('\n');
    };
    const alone = "generate --text 'The key' --max-tokens 16";
    expect(steered({ section: 'probe' })).toEqual([
      'probe train a.txt --output a.txt.probe.json --task layers',
      alone,
      `${alone} --steer a.txt.probe.json --strength=-0.3`,
      `${alone} --steer a.txt.probe.json --strength=-0.3 --steer-control`,
    ]);
    expect(steered({ section: 'answer' }, 0.5, 12)).toEqual([
      alone,
      `${alone} --steer truth --steer-layer 12`,
      `${alone} --steer truth --steer-layer 12 --steer-control`,
    ]);
    expect(steered({ probe: 'b.json' }, 0)).toEqual([alone]);
  });
});

describe('the command line of the embeddings', () => {
  const plan: EmbeddingsPlan = {
    ...{ source: 'prompt', at: 'tokens', pattern: '', template: '', groupBy: null, columns: [] },
  };
  const embeddings = (change: Partial<Intent['embeddings']>, request: Partial<CommandLineRequest> = {}) =>
    line(at('embeddings', { embeddings: { ...initialIntent.embeddings, leaveOutMassive: false, ...change } }), {
      plan,
      ...request,
    }).replace('embeddings ', '');

  it('draws what is plotted, at the layer that is shown', () => {
    expect(embeddings({})).toBe('a.txt --layer 10');
    const lines: EmbeddingsPlan = { ...plan, source: 'lines', at: 'pattern', pattern: '/b.nk/' };
    expect(embeddings({ layer: 3, method: 'umap', seed: 7 }, { plan: lines })).toBe(
      'a.txt --layer 3 --method umap --seed 7 --lines --select /b.nk/ --around',
    );
    const rows: EmbeddingsPlan = { ...plan, source: 'table', at: 'last', template: 'My {x}' };
    expect(embeddings({}, { plan: rows, file: { path: 'a.csv' }, rows: true })).toBe(
      "a.csv --layer 10 --template 'My {x}' --last",
    );
    expect(embeddings({ leaveOutMassive: true })).toBe('a.txt --layer 10 --leave-out-massive');
    expect(embeddings({}, { plan: rows, file: { path: 'a.txt' } })).toMatch(/^a\.txt --layer 10 .* --format csv$/);
  });

  it('draws all open texts, axes of one layer, and along a probe', () => {
    const others = [{ path: 'b.txt' }, { path: 'c d.txt' }];
    expect(embeddings({ basis: 'frozen', basisLayer: 99 }, { plan: { ...plan, source: 'open' }, others })).toBe(
      "a.txt b.txt 'c d.txt' --layer 10 --basis frozen --basis-layer 30",
    );
    expect(embeddings({}, { axis: '/x/axis.probe.json' })).toBe('a.txt --layer 10 --axis /x/axis.probe.json');
    expect(embeddings({ method: 'tsne', basis: 'frozen' }, { axis: '/x' })).toBe('a.txt --layer 10 --method tsne');
  });
});

/** All choices that a panel can have, tab by tab. */
function* intents(): Generator<Intent> {
  const targets: Intent['target'][] = [
    {},
    { text: ' yes' },
    { text: '-no', contrast: '--yes' },
    { span: [1, 2] },
    { span: [1, 4], contrast: ' x' },
  ];
  yield at('probabilities');
  const { probabilities } = initialIntent;
  const repeat = { asked: true, maxTokens: 80, runs: 5 };
  yield at('probabilities', { probabilities: { ...probabilities, repeat } });
  yield at('attention');
  for (const target of targets) {
    for (const section of ['lens', 'heads', 'examples'] as const)
      yield at('layers', { layers: { ...initialIntent.layers, section }, target });
    yield at('patching', { target });
    yield at('saliency', { target });
  }
  for (const by of unitKinds)
    for (const operator of operators)
      for (const scope of scopes)
        yield at('saliency', { saliency: { ...initialIntent.saliency, by, operator, scope, pattern: 'x y' } });
  for (const methods of [...saliencyMethods.map((each) => [each]), [...saliencyMethods]])
    yield at('saliency', { saliency: { ...initialIntent.saliency, methods } });
  for (const section of ['statements', 'answer', 'probe'] as const)
    for (const probe of [null, 'p.json'])
      for (const frame of probeFrames)
        for (const task of ['auto', ...probeTasks] as const)
          for (const text of ['', 'The key']) {
            const steer = { text, strength: -0.3, layer: 2, tokens: 16 };
            const columns = { label: text === '' ? null : 'label', groupBy: text === '' ? null : '', template: '{x}' };
            yield at('lie', { lie: { ...initialIntent.lie, section, probe, frame, task, steer, ...columns } });
          }
  for (const method of projectionMethods)
    for (const basis of projectionBases)
      for (const leaveOutMassive of [true, false])
        yield at('embeddings', { embeddings: { ...initialIntent.embeddings, method, basis, leaveOutMassive } });
}

const plans = embeddingsSources.flatMap((source) =>
  (['pattern', 'tokens', 'last'] as const).flatMap((at) =>
    (source === 'lines' || source === 'table' ? ['', 'My {x}'] : ['']).map((template) => ({
      source,
      at,
      pattern: 'a',
      template,
      groupBy: null,
      columns: [],
    })),
  ),
);

/** Kinds of text and ways to read them. */
function* readings(): Generator<Partial<CommandLineRequest>> {
  yield { file: { path: 'c.csv' }, rows: true };
  yield { file: { path: 'c.csv' } };
  yield { file: { path: 'd.json' }, format: 'chatJson', second: { path: 'd.json' }, continueLast: true };
  for (const [format] of formatList) yield { file: { path: 'a.txt' }, format };
}

describe('every choice', () => {
  /** The words of a command line as the shell passes them on. */
  const wordsOf = (command: string) =>
    [...command.matchAll(/(?:'((?:[^']|'\\'')*)'|(\S+))/g)].map(
      ([, held, plain]) => held?.replaceAll(`'\\''`, "'") ?? plain,
    );

  /** A prompt in the formats that take no JSON for one, by what `--format` calls them. */
  const inFormat: Record<string, string> = {
    'prompt.yml': 'messages:\n  - role: user\n    content: Oslo is a city.\n',
    yaml: 'messages:\n  - role: user\n    content: Oslo is a city.\n',
    modelfile: 'FROM x\nSYSTEM Oslo is a city.\n',
    toml: 'prompt = "Oslo is a city."\n',
  };

  /** The engine is requested only once all arguments have been understood. */
  async function understood(words: string[]): Promise<string> {
    const scene = stage();
    const chat = '[{"role":"user","content":"Why?"},{"role":"assistant","content":"Oslo is a city."}]';
    const table = 'text,label\na b,x\nc d,y\n';
    const format = words.includes('--format') ? words[words.indexOf('--format') + 1] : '';
    const prompt = inFormat[format] ?? chat;
    for (const name of ['a.txt', 'b.txt', 'c.csv', 'd.json', 'p.json'])
      scene.files.set(name, name === 'c.csv' ? table : name.endsWith('.txt') ? prompt : chat);
    let started = false;
    const connect = () => {
      started = true;
      throw new ProblemError('cancelled');
    };
    const status = await runCommandLine(words, { ...scene.environment, connect });
    return started ? 'started' : `${status} ${scene.errors()}`;
  }

  /** Each choice with the first reading, and each reading and plan with the usual choice of its tab. */
  function* requests(): Generator<CommandLineRequest> {
    const others = [{ path: 'b.txt' }];
    const common = {
      ...nothingChosen,
      others,
      units: [[0, 3] as [number, number]],
      axis: 'p.json',
      second: { path: 'b.txt' },
    };
    for (const intent of intents()) yield { ...common, intent };
    for (const tab of tabs)
      for (const reading of readings())
        for (const plan of tab === 'embeddings' ? [...plans, null] : [null])
          yield { ...common, ...reading, plan, intent: at(tab) };
  }

  it('makes commands that the command line takes', { timeout: 120_000 }, async () => {
    const lines = new Set([...requests()].flatMap((request) => commandLine(request, 'posix').split('\n')));
    expect(lines.size).toBeGreaterThan(200);
    const refused: string[] = [];
    for (const each of lines) {
      const said = await understood(wordsOf(each).slice(1));
      if (said !== 'started') refused.push(`${each}: ${said}`);
    }
    expect(refused).toEqual([]);
  });

  it('makes a line for every shell', () => {
    for (const request of requests())
      for (const shell of ['posix', 'powershell', 'windowsPowerShell', 'cmd'] as const)
        expect(commandLine({ ...request, file: { text: 'a\nb' } }, shell)).not.toBe('');
  });
});
