// A session and its memory: what belongs to a prompt comes back with the prompt, and goes to no other.
import { describe, expect, it } from 'vitest';
import { baselineOf } from '../../../src/host/session/baselineOf';
import { FileMemory } from '../../../src/host/session/fileMemory';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import { loaded, settled } from './fakes';
import { dataOf } from './prompts';
import { setUp, source } from './sessionBench';

const a = (text = 'A b') => source(text, 'a');
const b = () => source('C d', 'b');
const heads = [
  { layer: 1, head: 0 },
  { layer: 1, head: 1 },
];
const pinned = () => baselineOf('pinned 10:00', loaded.model.sha256, dataOf(['A', ' c']));

function withHeads(session: ReturnType<typeof setUp>['session']) {
  const { intent } = session.state;
  session.setIntent({ ...intent, attention: { ...intent.attention, heads } }, 'page');
}

describe('what belongs to a prompt', () => {
  it('comes back with it and is not seen at another: target, heads, baseline, lock', () => {
    const { session } = setUp();
    session.setSource(a());
    session.setTarget({ text: ' x', contrast: ' y' });
    withHeads(session);
    session.setBaseline(pinned());
    session.select({ locked: 1 }, 'page');
    session.setSource(b());
    expect(session.state.intent).toEqual(initialIntent);
    expect(session.state.baseline).toBeNull();
    expect(session.state.selection.locked).toBeNull();
    session.setSource(a());
    expect(session.state.intent.target).toEqual({ text: ' x', contrast: ' y' });
    expect(session.state.intent.attention.heads).toEqual(heads);
    expect(session.state.baseline).toEqual(pinned());
    expect(session.state.selection.locked).toBe(1);
  });

  it('comes back in another window, whatever the page saved for another prompt', () => {
    const memory = new FileMemory();
    const before = setUp({ memory });
    before.session.setSource(a());
    before.session.setTarget({ text: ' x' });
    before.session.setBaseline(pinned());
    const { session } = setUp({ memory });
    session.setSource(a());
    session.adopt({ ...initialIntent, tab: 'attention', target: { text: ' of another file' } });
    expect(session.state.intent).toMatchObject({ tab: 'attention', target: { text: ' x' } });
    expect(session.state.baseline?.name).toBe('pinned 10:00');
    const late = setUp({ memory });
    late.session.adopt({ ...initialIntent, target: { text: ' of another file' } });
    late.session.setSource(b());
    expect(late.session.state.intent.target).toEqual({});
  });

  it('is gone once it was taken back', () => {
    const { session } = setUp();
    session.setSource(a());
    session.setTarget({ text: ' x' });
    session.setBaseline(pinned());
    session.select({ locked: 1 }, 'page');
    session.setTarget({});
    session.setBaseline(null);
    session.select({ locked: null }, 'page');
    session.setSource(b());
    session.setSource(a());
    expect(session.state.intent.target).toEqual({});
    expect(session.state.baseline).toBeNull();
    expect(session.state.selection.locked).toBeNull();
  });

  it('a token is locked again only in the text that it was locked in', () => {
    const { session } = setUp();
    session.setSource(a());
    session.select({ locked: 1 }, 'page');
    session.setSource(b());
    session.setSource(a('A changed b'));
    expect(session.state.selection.locked).toBeNull();
  });

  it('a lock of an edited text is one in the edited text', () => {
    const { session } = setUp();
    session.setSource(a());
    session.select({ locked: 1 }, 'page');
    session.setSource(a('A b c'));
    session.setSource(b());
    session.setSource(a('A b c'));
    expect(session.state.selection.locked).toBe(1);
  });

  it('a baseline of another model is not compared with, and comes back with its model', async () => {
    const { session, status, answer } = setUp();
    session.setSource(a());
    session.setWanted(['probabilities']);
    await settled();
    await answer(0);
    session.setBaseline(pinned());
    const other = { ...loaded, model: { ...loaded.model, sha256: 'bb' } };
    for (const [model, name] of [
      [other, undefined],
      [loaded, 'pinned 10:00'],
    ] as const) {
      status.now = { kind: 'ready', loaded: model };
      session.engineChanged(status.now);
      expect(session.state.baseline?.name).toBe(name);
    }
    status.now = { kind: 'ready', loaded: other };
    session.engineChanged(status.now);
    session.setSource(b());
    session.setSource(a());
    expect(session.state.baseline).toBeNull();
  });
});
