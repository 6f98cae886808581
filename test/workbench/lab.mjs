// A headless Chromium on a real VS Code, driven as a user drives it: windows, palette, panel, editor, toasts.
// Specs and scripts/start.mjs --check import it; it knows nothing of what is tested.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const artefacts = path.join(path.dirname(fileURLToPath(import.meta.url)), 'artefacts');

export function launchBrowser(executablePath) {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'];
  const silent = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, headless: true, args: [...args, ...silent], handleSIGINT: false });
}

/** Opens a window and waits until the workbench stands. @returns {Promise<Window>} */
export async function openWindow(
  browser,
  address,
  { viewport = { width: 1400, height: 1000 }, locale = 'en-US' } = {},
) {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const context = await browser.newContext({ viewport, locale, permissions });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const window = new Window(page, context);
  await page.goto(address);
  await window.ready();
  return window;
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** One VS Code window. Everything it asked of the network and every error of its pages is kept. */
class Window {
  constructor(page, context) {
    this.page = page;
    this.context = context;
    this.foreign = [];
    this.errors = [];
    context.on('request', (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && url.hostname !== '127.0.0.1') this.foreign.push(request.url());
    });
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).hostname !== '127.0.0.1') this.foreign.push(socket.url());
    });
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  async ready() {
    await this.page.waitForSelector('.monaco-workbench .part.statusbar');
    await this.page.waitForSelector('.monaco-workbench .part.activitybar');
  }

  /** Runs a command by its title, as the palette shows it; waits for the row, and so for the extension host. */
  async command(title) {
    const { page } = this;
    const widget = page.locator('.quick-input-widget');
    const name = page.locator('.label-name', { hasText: new RegExp(`^${escaped(title)}$`) });
    const row = widget.locator('.monaco-list-row').filter({ has: name }).first();
    for (let attempt = 0; ; attempt++) {
      await page.keyboard.press('Escape');
      await page.keyboard.press('F1');
      const input = widget.locator('input').first();
      await input.waitFor({ state: 'visible' });
      await input.fill(`>${title}`);
      try {
        await row.waitFor({ state: 'visible', timeout: 5000 });
        break;
      } catch (error) {
        if (attempt >= 5) throw new Error(`The palette does not offer "${title}".`, { cause: error });
      }
    }
    await row.click();
  }

  /** Opens a file of the workspace by its path relative to it. */
  async openFile(name) {
    const { page } = this;
    await page.keyboard.press('Escape');
    await page.keyboard.press('F1');
    const widget = page.locator('.quick-input-widget');
    const input = widget.locator('input').first();
    await input.waitFor({ state: 'visible' });
    await input.fill(name);
    const label = page.locator('.label-name', { hasText: new RegExp(`^${escaped(path.basename(name))}$`) });
    await widget.locator('.monaco-list-row').filter({ has: label }).first().click();
    await this.tab(path.basename(name)).waitFor();
  }

  /** The editor tab with this label. */
  tab(label) {
    return this.page.locator('.tabs-container .tab', {
      has: this.page.locator('.label-name', { hasText: new RegExp(`^${escaped(label)}$`) }),
    });
  }

  /** Puts the keyboard focus into the text of the editor of this file. */
  async focusEditor(label) {
    await this.tab(label).first().click();
    await this.command('View: Focus Active Editor Group');
  }

  /** Replaces the whole text of the file in front. */
  async replaceText(text) {
    const { page } = this;
    await page.keyboard.press('Control+A');
    if (text === '') await page.keyboard.press('Delete');
    else await page.keyboard.insertText(text);
  }

  /** The document of the panel in front: two frames deep. */
  get panel() {
    return this.page.frameLocator('iframe.webview.ready >> visible=true').last().frameLocator('iframe#active-frame');
  }

  /** Does the palette offer this title? */
  async offers(title) {
    const { page } = this;
    await page.keyboard.press('Escape');
    await page.keyboard.press('F1');
    const widget = page.locator('.quick-input-widget');
    await widget.locator('input').first().fill(`>${title}`);
    const name = page.locator('.label-name', { hasText: new RegExp(`^${escaped(title)}$`) });
    const row = widget.locator('.monaco-list-row').filter({ has: name }).first();
    const there = await row.waitFor({ state: 'visible', timeout: 3000 }).then(
      () => true,
      () => false,
    );
    await page.keyboard.press('Escape');
    return there;
  }

  /** Texts of the error notifications now on screen. */
  errorToasts() {
    const toast = this.page.locator('.notifications-toasts .notification-toast');
    return toast
      .filter({ has: this.page.locator('.codicon-error') })
      .locator('.notification-list-item-message')
      .allInnerTexts();
  }

  /** From now on every notification is noted, also those that go away by themselves. */
  watchToasts() {
    return this.page.evaluate(() => {
      window.seenToasts = new Set();
      const note = () => {
        for (const each of document.querySelectorAll('.notifications-toasts .notification-list-item-message')) {
          if (each.textContent) window.seenToasts.add(each.textContent);
        }
      };
      note();
      new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
  }

  seenToasts() {
    return this.page.evaluate(() => [...window.seenToasts]);
  }

  async clearToasts() {
    await this.command('Notifications: Clear All Notifications');
  }

  async screenshot(name) {
    fs.mkdirSync(artefacts, { recursive: true });
    await this.page.screenshot({ path: path.join(artefacts, `${name}.png`) });
  }

  /** Leaves the page first, as a user does: then its extension host ends at once. */
  async close() {
    await this.page.goto('about:blank').catch(() => {});
    await this.context.close();
  }
}

/** Polls until the body returns something truthy. Throws what it last threw, or that it took too long. */
export async function until(what, body, timeoutMs = 30_000) {
  const end = Date.now() + timeoutMs;
  let last = null;
  for (;;) {
    try {
      const value = await body();
      if (value) return value;
      last = null;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end)
      throw new Error(`Waited ${timeoutMs / 1000} s in vain: ${what}${last ? ` (${last.message})` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
