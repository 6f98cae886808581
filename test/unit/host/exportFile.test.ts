/** The panel's exports are whole files with good names, and never overwrite a file that is read. */
import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

interface FakeUri {
  scheme: string;
  path: string;
  fsPath: string;
}

const seen = vi.hoisted(() => ({ target: undefined as FakeUri | undefined, suggested: '' }));
const uri = (path: string): FakeUri => ({ scheme: 'file', path, fsPath: path });

vi.mock('vscode', () => ({
  Uri: { joinPath: ({ path }: FakeUri, ...parts: string[]) => uri(join(path, ...parts)), parse: uri, file: uri },
  l10n: { t: (text: string) => text },
  window: {
    showSaveDialog: async ({ defaultUri }: { defaultUri: FakeUri }) => {
      seen.suggested = defaultUri.path.split('/').at(-1) ?? '';
      return seen.target;
    },
    showInformationMessage: async () => undefined,
  },
  workspace: { asRelativePath: ({ path }: FakeUri) => path.split('/').at(-1) },
}));

const { exportBytes, exportFile, fileName, savedRunName } = await import('../../../src/host/panel/exportFile');

const root = temporaryFolder();
let folder: string;
const params = { suggestedName: 'saliency.csv', format: 'csv' as const, content: 'a,b\r\n' };
const into = (name: string, read: string[] = []) => {
  seen.target = uri(join(folder, name));
  const uris = read.map((each) => uri(join(folder, each)));
  const named = uris as unknown as Parameters<typeof exportFile>[3];
  return exportFile(params, () => exportBytes(params), join(folder, 'prompt.txt'), named);
};

beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
  writeFileSync(join(folder, 'prompt.txt'), 'the prompt');
});

describe('an export', () => {
  it('is a whole file beside the prompt, with nothing else left', async () => {
    expect(await into('out.csv', ['prompt.txt'])).toBe(true);
    expect(seen.suggested).toBe('saliency.csv');
    expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe('a,b\r\n');
    expect(readdirSync(folder).sort()).toEqual(['out.csv', 'prompt.txt']);
  });

  it('never goes over the prompt, the model or the probe, by whatever name', async () => {
    writeFileSync(join(folder, 'model.gguf'), 'weights');
    symlinkSync('model.gguf', join(folder, 'link.gguf'));
    for (const [name, read] of [
      ['prompt.txt', 'prompt.txt'],
      ['link.gguf', 'model.gguf'],
    ]) {
      const error = await into(name, [read]).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ problem: { code: 'outputIsInput', args: [join(folder, name), read] } });
    }
    expect(readFileSync(join(folder, 'prompt.txt'), 'utf8')).toBe('the prompt');
    expect(readFileSync(join(folder, 'model.gguf'), 'utf8')).toBe('weights');
  });

  it('that cannot be written says why', async () => {
    const error = await into(join('none', 'out.csv')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ problem: { code: 'folderMissing' } });
  });
});

describe('a saved run', () => {
  it('gets the ending by which the editor knows it, whatever the dialog made of its name', () => {
    for (const name of ['run', 'run.json', 'run.lens', 'run.lens.json'])
      expect(savedRunName(name)).toBe('run.lens.json');
    expect(savedRunName('a.b.txt')).toBe('a.b.txt.lens.json');
  });
});

describe('the name that is suggested', () => {
  it('is one that every system takes', () => {
    expect(fileName('a/b\\c:d*e.svg')).toBe('a-b-c-d-e.svg');
    expect(fileName('con.svg')).toBe('_con.svg');
    expect(fileName('tokens of "x" <y>.csv')).toBe('tokens of -x- -y-.csv');
    expect(fileName(`${'长'.repeat(300)}.html`)).toBe(`${'长'.repeat(120)}.html`);
  });
});
