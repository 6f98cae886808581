import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../src/analysis/panel';
import { commandLine, quoted, shellOf } from '../../../src/host/commandLine';
import { initialIntent } from '../../../src/host/session/panelDefaults';

const engine = { model: null, provider: 'auto', precision: 'exact', threads: 0 } as const;
const at = (tab: Intent['tab'], change: Partial<Intent> = {}): Intent => ({ ...initialIntent, tab, ...change });
const selection = { locked: null, hover: null, layer: null, head: null };

describe('the command line', () => {
  it('names only what differs from the defaults', () => {
    const request = {
      program: ['prompt-lens'],
      file: 'a.txt',
      intent: at('probabilities'),
      selection,
      engine,
      top: 10,
      second: null,
      plan: null,
      blocks: 30,
      continueLast: false,
    } as const;
    expect(commandLine(request, 'posix')).toBe('prompt-lens probabilities a.txt --top 10');
    const other = {
      ...request,
      engine: { model: '/m/x y.gguf', provider: 'cpu', precision: 'fast', threads: 4 } as const,
    };
    expect(commandLine(other, 'posix')).toBe(
      "prompt-lens probabilities a.txt --top 10 --model '/m/x y.gguf' --provider cpu --precision fast --threads 4",
    );
  });

  it('leaves the last message open where the panel does', () => {
    const request = {
      program: ['prompt-lens'],
      ...{ file: 'a.json', selection, engine, top: 10, second: null, plan: null, blocks: 30, continueLast: true },
    } as const;
    const line = (tab: Parameters<typeof at>[0]) => commandLine({ ...request, intent: at(tab) }, 'posix');
    expect(line('probabilities')).toBe('prompt-lens probabilities a.json --top 10 --continue');
    for (const each of line('saliency').split('\n')) expect(each).toMatch(/^prompt-lens \w+ a\.json .*--continue$/);
    expect(line('lie')).not.toContain('--continue');
  });

  it('names the chosen head', () => {
    const request = {
      program: ['prompt-lens'],
      file: 'a.txt',
      intent: at('attention'),
      selection: { ...selection, layer: 20, head: 5 },
      engine,
      top: 10,
      second: null,
      plan: null,
      blocks: 30,
      continueLast: false,
    } as const;
    expect(commandLine(request, 'posix')).toBe('prompt-lens attention a.txt --layer 20 --head 5');
  });

  it('names the head that is drawn where none was chosen, and what runs it', () => {
    const request = {
      program: ['node', '/my extensions/prompt-lens/dist/cli.js'],
      file: 'a.txt',
      intent: at('attention'),
      selection: { ...selection, drawnLayer: 3, drawnHead: 0 },
      continueLast: false,
      engine,
      top: 10,
      second: null,
      plan: null,
      blocks: 30,
    } as const;
    expect(commandLine(request, 'posix')).toBe(
      "node '/my extensions/prompt-lens/dist/cli.js' attention a.txt --layer 3 --head 0",
    );
  });

  it('does not take a file for an option', () => {
    const request = {
      program: ['prompt-lens'],
      file: '--help.txt',
      intent: at('attention'),
      selection,
      engine,
      top: 10,
      second: null,
      plan: null,
      blocks: 30,
      continueLast: false,
    } as const;
    expect(commandLine(request, 'posix')).toBe('prompt-lens attention ./--help.txt');
  });
});

describe('the command line of an explanation', () => {
  const line = (intent: Intent, second: string | null = null, locked: number | null = null) => {
    const request = {
      program: ['prompt-lens'],
      file: 'a.txt',
      intent,
      selection: { ...selection, locked },
      engine,
      top: 10,
      second,
      plan: null,
      blocks: 30,
      continueLast: false,
    };
    return commandLine(request, 'posix').replace('prompt-lens ', '');
  };
  const saliency = (change: Partial<Intent['saliency']>, target: Intent['target'] = {}) =>
    line(at('saliency', { saliency: { ...initialIntent.saliency, methods: ['occlusion'], ...change }, target }));
  const layers = (section: Intent['layers']['section'], target: Intent['target'] = {}, locked: number | null = null) =>
    line(at('layers', { layers: { ...initialIntent.layers, section }, target }), null, locked);

  it('of saliency is occlusion with its unit, operator, scope and target', () => {
    expect(saliency({})).toBe('occlusion a.txt --by word --scope user');
    expect(saliency({ by: 'token', scope: 'all', operator: 'delete' })).toBe('occlusion a.txt --operator delete');
    expect(saliency({ by: 'match', pattern: 'du l' })).toBe("occlusion a.txt --by '/du l/' --scope user");
    expect(saliency({ by: 'match', pattern: '/du.l/i' })).toBe('occlusion a.txt --by /du.l/i --scope user');
    expect(saliency({}, { text: ' yes', contrast: '-no' })).toBe(
      "occlusion a.txt --by word --scope user --target ' yes' --contrast=-no",
    );
    expect(saliency({}, { span: [4, 5] })).toBe('occlusion a.txt --by word --scope user --at 5');
  });

  it('of saliency has a line for each method that the command line knows', () => {
    expect(saliency({ methods: ['occlusion', 'input', 'attention', 'integrated'] }, { text: 'x' })).toBe(
      [
        'occlusion a.txt --by word --scope user --target x',
        'prompt-lens gradients a.txt --target x',
        'prompt-lens gradients a.txt --method integrated --target x',
      ].join('\n'),
    );
  });

  it('without occlusion is that of the gradients', () => {
    expect(saliency({ methods: ['attention', 'integrated'] })).toBe('gradients a.txt --method integrated');
    expect(saliency({ methods: ['input'] })).toBe('gradients a.txt');
  });

  it('of the lie detector reads statements or trains a layer probe', () => {
    const lie = (change: Partial<Intent['lie']>) => line(at('lie', { lie: { ...initialIntent.lie, ...change } }));
    expect(lie({})).toBe('truth a.txt');
    expect(lie({ probe: '/my probes/a.json' })).toBe("truth a.txt --probe '/my probes/a.json'");
    expect(lie({ section: 'probe' })).toBe('probe train a.txt --task layers');
    expect(lie({ section: 'probe', task: 'number' })).toBe('probe train a.txt --task number');
    expect(lie({ section: 'probe', label: 'longitude', groupBy: '', template: 'The city of {x}' })).toBe(
      "probe train a.txt --task layers --label longitude --group '' --template 'The city of {x}'",
    );
    expect(() => lie({ section: 'answer' })).toThrow("the model's own answer");
    expect(() => lie({ section: 'probe', frame: 'statement' })).toThrow('texts read as an answer');
  });

  it('of a steered text writes it with and without', () => {
    const steered = (change: Partial<Intent['lie']>, strength = -0.3, layer: number | null = null) => {
      const steer = { text: 'The key', strength, layer, tokens: 16 };
      return line(at('lie', { lie: { ...initialIntent.lie, steer, ...change } })).split('\nprompt-lens ');
    };
    const alone = "generate --text 'The key' --max-tokens 16";
    expect(steered({ section: 'probe' })).toEqual([
      'probe train a.txt --task layers -o a.txt.probe.json',
      alone,
      `${alone} --steer a.txt.probe.json --strength=-0.3`,
      `${alone} --steer a.txt.probe.json --strength=-0.3 --steer-control`,
    ]);
    expect(steered({ section: 'answer' }, 0.5, 12)).toEqual([
      alone,
      `${alone} --steer truth --steer-layer 12 --strength=0.5`,
      `${alone} --steer truth --steer-layer 12 --strength=0.5 --steer-control`,
    ]);
    expect(steered({ probe: 'b.json' }, 0)).toEqual([alone]);
  });

  it('of the layers is that of the section', () => {
    expect(layers('lens', { text: ' yes' }, 7)).toBe("lens a.txt --position 8 --target ' yes'");
    expect(layers('lens', { span: [4, 6] })).toBe('lens a.txt --position 4');
    expect(layers('heads', { text: 'x' })).toBe('heads a.txt --target x');
    expect(layers('examples')).toBe('occlusion a.txt --operator delete --by example --scope user');
  });

  it('of patching names the second file', () => {
    expect(line(at('patching', { target: { text: ' 4' } }), 'b.txt')).toBe("patch a.txt --from b.txt --target ' 4'");
  });

  it('says what only the panel can do', () => {
    expect(() => saliency({ by: 'selection' })).toThrow('units by selection');
    expect(() => saliency({ methods: ['rollout'] })).toThrow('attention as a saliency method');
    expect(() => saliency({}, { span: [1, 3] })).toThrow('a target of several of its tokens');
    expect(() => line(at('patching'))).toThrow('without a second prompt');
  });
});

describe('quoting', () => {
  const names = ['a b.txt', "it's.txt", 'say "hi".txt', '$HOME `id`.txt', '50%.txt', '提示.txt', 'a;b&c.txt', 'end\\'];

  it.runIf(process.platform !== 'win32').each(names)('posix: %s arrives as it is', (name) => {
    expect(execFileSync('sh', ['-c', `printf %s ${quoted(name, 'posix')}`], { encoding: 'utf8' })).toBe(name);
  });

  it('PowerShell doubles single quotes of every kind', () => {
    expect(quoted("it's ’n", 'powershell')).toBe("'it''s ’’n'");
    expect(quoted('a.txt', 'powershell')).toBe('a.txt');
  });

  it('cmd doubles back slashes before quotes and keeps percent signs', () => {
    expect(quoted('a b\\', 'cmd')).toBe('"a b\\\\"');
    expect(quoted('say "hi"', 'cmd')).toBe('"say \\"hi\\""');
    expect(quoted('50%.txt', 'cmd')).toBe('"50"^%".txt"');
  });
});

describe('the shell', () => {
  it('is known by its executable, else by the platform', () => {
    expect(shellOf('/bin/zsh', 'darwin')).toBe('posix');
    expect(shellOf('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', 'win32')).toBe('powershell');
    expect(shellOf('C:\\Windows\\System32\\cmd.exe', 'win32')).toBe('cmd');
    expect(shellOf('C:\\Program Files\\Git\\bin\\bash.exe', 'win32')).toBe('posix');
    expect(shellOf('', 'win32')).toBe('powershell');
    expect(shellOf('', 'linux')).toBe('posix');
  });
});
