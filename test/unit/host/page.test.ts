import { describe, expect, it } from 'vitest';
import { pagePort } from '../../../src/host/panel/pagePort';
import { newNonce, panelHtml } from '../../../src/host/panel/panelHtml';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import { clause } from '../../../src/protocol/clauses';

const parts = {
  cspSource: 'https://page.example',
  script: 'https://page.example/panel.js',
  style: 'https://page.example/p.css',
};

describe("the page's HTML", () => {
  const html = panelHtml({ ...parts, language: 'zh-cn' }, 'NONCE');

  it('allows one script, its own styles and nothing else', () => {
    expect(html).toContain(
      "default-src 'none'; style-src https://page.example 'nonce-NONCE'; script-src 'nonce-NONCE'; ",
    );
    expect(html).not.toContain('unsafe');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain('<script nonce="NONCE" src="https://page.example/panel.js"></script>');
    expect(html).not.toMatch(/<style| style=| on\w+=/);
  });

  it('names the language and lets nothing through with it', () => {
    expect(html).toContain('<html lang="zh-cn">');
    expect(panelHtml({ ...parts, language: '"><script>' }, 'N')).not.toContain('"><script>');
  });

  it('has a new nonce every time, of 128 bits', () => {
    const nonces = new Set(Array.from({ length: 50 }, newNonce));
    expect(nonces.size).toBe(50);
    for (const nonce of nonces) expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
  });
});

describe('the port of a page', () => {
  function fakePage() {
    const posted: unknown[] = [];
    const listeners = new Set<(message: unknown) => void>();
    const page = {
      postMessage: (message: unknown) => {
        posted.push(message);
        return Promise.resolve(true);
      },
      onDidReceiveMessage: (listener: (message: unknown) => void) => {
        listeners.add(listener);
        return { dispose: () => void listeners.delete(listener) };
      },
    };
    return { page, posted, listeners };
  }

  it('closes once, and says nothing to the page that comes after', () => {
    const { page, posted, listeners } = fakePage();
    const port = pagePort(page);
    const closed: unknown[] = [];
    port.onClose((reason) => closed.push(reason));
    port.post('before');
    port.close(clause('panelHidden'));
    port.close(clause('disconnected'));
    port.post('after');
    expect(posted).toEqual(['before']);
    expect(closed).toEqual([clause('panelHidden')]);
    expect(listeners.size).toBe(0);
  });

  it('hands messages on to everybody', () => {
    const { page, listeners } = fakePage();
    const heard: unknown[] = [];
    const port = pagePort(page);
    port.onMessage((message) => heard.push(message));
    for (const listener of listeners) listener({ type: 'cancel', id: 3 });
    expect(heard).toEqual([{ type: 'cancel', id: 3 }]);
  });

  it('hands on what the panel knows, and nothing else', () => {
    const { page, posted, listeners } = fakePage();
    const port = pagePort(page);
    const heard: unknown[] = [];
    port.onMessage((message) => heard.push(message));
    const send = (message: unknown) => {
      for (const listener of listeners) listener(message);
    };
    const known = [
      {
        type: 'event',
        name: 'setIntent',
        params: { tab: 'lie', attention: { ...initialIntent.attention, heads: [{ layer: 1, head: 2 }] } },
      },
      { type: 'event', name: 'select', params: { locked: 3, hover: null, layer: null, head: null } },
      { type: 'event', name: 'setIntent', params: { target: { text: ' Paris', span: [1, 2] } } },
      { type: 'request', id: 1, method: 'vocabulary', params: { text: 'a' } },
      { type: 'request', id: 2, method: 'action', params: { action: 'run' } },
      { type: 'cancel', id: 2 },
    ];
    for (const message of known) send(message);
    expect(heard).toEqual(known);
    for (const message of [
      null,
      'x',
      { type: 'ok', id: 1, result: {} },
      { type: 'event', name: 'revealToken', params: { position: -1 } },
      { type: 'event', name: 'revealTokens', params: { positions: 'all' } },
      { type: 'event', name: 'revealStatement', params: { range: [0] } },
      { type: 'event', name: 'setIntent', params: { tab: 'settings' } },
      { type: 'event', name: 'setIntent', params: { saliency: { by: 'selection' } } },
      { type: 'event', name: 'toString', params: null },
      { type: 'cancel', id: 'x' },
    ])
      send(message);
    expect(heard).toEqual(known);
    expect(posted).toEqual([]);
    send({ type: 'request', id: 7, method: 'action', params: { action: 'constructor' } });
    send({ type: 'request', id: 8, method: 'generate', params: { options: { maxTokens: 1e9 } } });
    send({ type: 'request', id: 9, method: '__proto__', params: {} });
    expect(heard).toEqual(known);
    expect(posted).toMatchObject([
      { type: 'error', id: 7, problem: { code: 'unknownRequest', args: ['action'] } },
      { type: 'error', id: 8, problem: { code: 'unknownRequest', args: ['generate'] } },
      { type: 'error', id: 9, problem: { code: 'unknownRequest', args: ['__proto__'] } },
    ]);
  });

  it('takes every field of the intent that the panel starts with', () => {
    const { page, listeners } = fakePage();
    const heard: unknown[] = [];
    pagePort(page).onMessage((message) => heard.push(message));
    for (const listener of listeners) listener({ type: 'event', name: 'setIntent', params: initialIntent });
    expect(heard).toEqual([{ type: 'event', name: 'setIntent', params: initialIntent }]);
  });
});
