import { describe, expect, it } from 'vitest';
import { pagePort } from '../../../src/host/panel/pagePort';
import { newNonce, panelHtml } from '../../../src/host/panel/panelHtml';

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
    const closed: string[] = [];
    port.onClose((reason) => closed.push(reason));
    port.post('before');
    port.close('hidden');
    port.close('hidden again');
    port.post('after');
    expect(posted).toEqual(['before']);
    expect(closed).toEqual(['hidden']);
    expect(listeners.size).toBe(0);
  });

  it('hands messages on to everybody', () => {
    const { page, listeners } = fakePage();
    const heard: unknown[] = [];
    const port = pagePort(page);
    port.onMessage((message) => heard.push(message));
    for (const listener of listeners) listener({ type: 'event' });
    expect(heard).toEqual([{ type: 'event' }]);
  });
});
