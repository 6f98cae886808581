// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import type { PanelState } from '../../../src/analysis/panel';
import { fileLine } from '../../../webview/panels/shell/file';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));

type State = Pick<PanelState, 'file' | 'elsewhere' | 'outdated'>;
const story: State = {
  file: { name: 'story.yaml', folder: 'prompts/old', reading: 'as plain text' },
  elsewhere: null,
  outdated: {},
};

function draw(change: Partial<State> = {}) {
  const action = vi.fn();
  const line = fileLine(action);
  line.update({ ...story, ...change }, 'saliency');
  const text = [...line.element.children]
    .filter((node) => !(node as HTMLElement).hidden)
    .map((node) => node.textContent)
    .filter(Boolean)
    .join(' | ');
  return { line, action, text };
}

describe('the line that names the file', () => {
  it('says which file, where it lies and how it is read, and leads to it', () => {
    const { text, line, action } = draw();
    expect(text).toBe('story.yaml | prompts/old | as plain text');
    const name = line.element.querySelector<HTMLElement>('.file-name');
    expect(name?.title).toBe('Go to prompts/old/story.yaml');
    name?.click();
    expect(action).toHaveBeenCalledWith('goToFile');
  });

  it('says when another editor is active, and offers to turn to it', () => {
    const { text, line, action } = draw({ elsewhere: { name: 'agent.py', showable: true } });
    expect(text).toContain('not the active editor');
    const turn = line.element.querySelector<HTMLElement>('.file-elsewhere button');
    expect(turn?.textContent).toBe('Show agent.py');
    turn?.click();
    expect(action).toHaveBeenCalledWith('openPanel');
  });

  it('offers nothing where the active editor holds no text for it', () => {
    const { line, text } = draw({ elsewhere: { name: 'photo.png', showable: false } });
    expect(text).toContain('not the active editor');
    expect(line.element.querySelector('.file-elsewhere button')).toBeNull();
    expect(line.element.querySelector<HTMLElement>('.file-elsewhere .badge')?.title).toContain('photo.png');
  });

  it('says whether the numbers of this tab are of an older text or of an older choice', () => {
    expect(draw({ outdated: { saliency: 'text' } }).text).toContain('results before your edit');
    expect(draw({ outdated: { saliency: 'choice' } }).text).toContain('before your last choice');
    expect(draw({ outdated: { layers: 'text' } }).text).not.toContain('before');
  });

  it('says so when there is no text', () => {
    expect(draw({ file: null }).text).toBe('No text shown');
  });

  it('keeps the focus where nothing has changed', () => {
    const { line } = draw({ elsewhere: { name: 'agent.py', showable: true } });
    const turn = line.element.querySelector('.file-elsewhere button');
    line.update({ ...story, elsewhere: { name: 'agent.py', showable: true } }, 'saliency');
    expect(line.element.querySelector('.file-elsewhere button')).toBe(turn);
  });
});
