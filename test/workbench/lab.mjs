// A headless Chromium with a real VS Code, driven as a user drives it: windows, palette, panel, editor, toasts.
// It knows nothing of what is tested.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

export const artefacts = path.join(path.dirname(fileURLToPath(import.meta.url)), 'artefacts');

export function launchBrowser(executablePath) {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'];
  const silent = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, headless: true, args: [...args, ...silent], handleSIGINT: false });
}

const wholeScreen = { width: 1920, height: 1000 };

/** Cache shared by the windows of one language: the editor's own files are fetched and compiled once. */
export function newContext(browser, locale = 'en-US') {
  return browser.newContext({ viewport: wholeScreen, locale, permissions: ['clipboard-read', 'clipboard-write'] });
}

/** Opens a window and waits until the workbench stands. @returns {Promise<Window>} */
export async function openWindow(context, address, viewport = wholeScreen) {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.setViewportSize(viewport);
  const window = new Window(page, context);
  try {
    await page.goto(address);
    await window.ready();
    return window;
  } catch (error) {
    await window.close().catch(() => {});
    throw error;
  }
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** One VS Code window. It keeps every network request and every error of its pages. */
class Window {
  constructor(page, context) {
    this.page = page;
    this.context = context;
    this.foreign = [];
    this.errors = [];
    // A webview's files have their own address, which VS Code's service worker answers from the local server.
    const elsewhere = (request) => /^(https?|wss?):\/\/(?!127\.0\.0\.1[:/])/.test(request.url());
    this.noteFailure = (request) => elsewhere(request) && this.foreign.push(request.url());
    this.noteResponse = (response) => {
      if (elsewhere(response.request()) && !response.fromServiceWorker()) this.foreign.push(response.url());
    };
    context.on('requestfailed', this.noteFailure);
    context.on('response', this.noteResponse);
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).hostname !== '127.0.0.1') this.foreign.push(socket.url());
    });
    if (process.env.DEBUG)
      page.on('console', (message) => console.log(`[page ${message.type()}]`, message.text().slice(0, 500)));
    page.on('pageerror', (error) => this.errors.push(error.stack || String(error)));
  }

  async ready() {
    await this.page.waitForSelector('.monaco-workbench .part.statusbar');
    await this.page.waitForSelector('.monaco-workbench .part.activitybar');
  }

  /**
   * Opens the quick input anew, types, and returns the row with exactly this label; null when there is none, or none in time. A quick
   * input that is already open would keep its list, and in a new window that list lacks what extensions contribute.
   * Anything that takes the focus while a window starts closes the quick input; the caller must then try again.
   */
  async quickInputRow(text, label, patienceMs = 5000) {
    const { page } = this;
    const widget = page.locator('.quick-input-widget');
    const name = page.locator('.label-name', { hasText: new RegExp(`^${escaped(label)}$`) });
    const row = widget.locator('.monaco-list-row').filter({ has: name }).first();
    // Commands that merely resemble the typed text come after all that match it.
    const none = widget.locator('.monaco-list-row[data-index="0"]', {
      hasText: /similar commands|No matching commands/,
    });
    try {
      if (await widget.isVisible()) await page.keyboard.press('Escape');
      await widget.waitFor({ state: 'hidden', timeout: 2000 });
      await page.keyboard.press('F1');
      await widget.locator('input').first().fill(text, { timeout: 3000 });
      await row.or(none).first().waitFor({ state: 'visible', timeout: patienceMs });
      return (await row.isVisible()) ? row : null;
    } catch {
      return null;
    }
  }

  async quickPick(text, label) {
    const end = Date.now() + 90_000;
    while (Date.now() < end) {
      const row = await this.quickInputRow(text, label);
      const clicked = row?.click({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
      if (await clicked) return;
    }
    throw new Error(`The palette does not offer "${label}".`);
  }

  /** Runs a command by its title in the palette; it waits for the row and thereby for the extension host. */
  command(title) {
    return this.quickPick(`>${title}`, title);
  }

  /** Reloads as a user does: the editor first saves what it restores afterwards, which a reload by the browser might prevent. */
  async reload() {
    const loaded = this.page.waitForEvent('domcontentloaded');
    await this.command('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** Chooses from the list that a command has opened, by the label of the row. */
  async choose(label) {
    const widget = this.page.locator('.quick-input-widget');
    const name = this.page.locator('.label-name', { hasText: new RegExp(`^${escaped(label)}$`) });
    await widget.locator('input').first().fill(label);
    await widget.locator('.monaco-list-row').filter({ has: name }).first().click();
    await until(`${label} chosen`, async () => !(await widget.isVisible()));
  }

  /** Chooses a colour theme by the label that the editor lists it under. */
  async theme(label) {
    await this.command('Preferences: Color Theme');
    await this.page.locator('.quick-input-widget').getByPlaceholder(/theme/i).waitFor();
    await this.choose(label);
  }

  /** Opens a file of the workspace by its relative path. The list of files may change under the pointer; then it tries again. */
  async openFile(name) {
    const open = async () => {
      await this.quickPick(name, path.basename(name));
      await until('its tab in front', () => this.inFront(name), 10_000);
      return true;
    };
    await until(`${name} opened`, open, 60_000);
  }

  /** Types a path into the editor's own file dialog, which writes a suggestion once it has read the folder. */
  async chooseFile(file) {
    const widget = this.page.locator('.quick-input-widget');
    const input = widget.locator('input').first();
    await until('the file dialog', async () => /\//.test(await input.inputValue()));
    await until('the file chosen', async () => {
      if ((await input.inputValue()) !== file) await input.fill(file);
      await this.page.waitForTimeout(500);
      if ((await input.inputValue()) !== file) return false;
      await input.press('Enter');
      await widget.waitFor({ state: 'hidden', timeout: 5000 });
      return true;
    });
  }

  /** Closes what lies over the editors, such as the settings. A key pressed while it is still opening is lost, so Escape is repeated. */
  async closeDialogs() {
    const over = this.page.locator('.monaco-modal-editor-block:visible');
    await until('nothing over the editors', async () => {
      await this.page.keyboard.press('Escape');
      await this.page.waitForTimeout(300);
      return (await over.count()) === 0;
    });
  }

  /** Whether the file's tab is the one in front of its group. */
  async inFront(name) {
    const tab = this.tab(path.basename(name));
    return (await tab.count()) > 0 && (await tab.getAttribute('aria-selected')) === 'true';
  }

  /** The editor tab with this label. */
  tab(label) {
    return this.page.locator(`.tabs-container .tab[data-resource-name="${label}"]`).first();
  }

  /** Puts the keyboard focus into the text of this file's editor. */
  async focusEditor(label) {
    await this.tab(label).click();
    await this.page.keyboard.press('Control+1');
  }

  /** The position of the cursor as the status bar shows it: `Ln 7, Col 25 (5 selected)`. */
  cursor() {
    return this.page.locator('.statusbar-item', { hasText: /Ln \d+, Col \d+/ }).innerText({ timeout: 5000 });
  }

  /** Replaces the whole text of the file in front. */
  async replaceText(text) {
    const { page } = this;
    await page.keyboard.press('Control+A');
    if (text === '') await page.keyboard.press('Delete');
    else await page.keyboard.insertText(text);
  }

  /** The document of the panel in front, which is two frames deep. */
  get panel() {
    return this.page.frameLocator('iframe.webview.ready >> visible=true').last().frameLocator('iframe#active-frame');
  }

  /** Runs a command if the palette offers it. @returns whether it does */
  async commandIfOffered(title) {
    const row = await this.quickInputRow(`>${title}`, title);
    if (row === null) await this.page.keyboard.press('Escape');
    else await row.click();
    return row !== null;
  }

  /** Texts of the error notifications that are on screen. */
  errorToasts() {
    const toast = this.page.locator('.notifications-toasts .notification-toast');
    return toast
      .filter({ has: this.page.locator('.codicon-error') })
      .locator('.notification-list-item-message')
      .allInnerTexts();
  }

  /** Starts recording every notification, including those that disappear by themselves. */
  watchToasts() {
    return this.page.evaluate(() => {
      const seen = new Set();
      Reflect.set(window, 'seenToasts', seen);
      const note = () => {
        for (const each of document.querySelectorAll('.notifications-toasts .notification-list-item-message')) {
          if (each.textContent) seen.add(each.textContent);
        }
      };
      note();
      new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
  }

  seenToasts() {
    return this.page.evaluate(() => [...Reflect.get(window, 'seenToasts')]);
  }

  async clearToasts() {
    await this.command('Notifications: Clear All Notifications');
  }

  async screenshot(name) {
    fs.mkdirSync(artefacts, { recursive: true });
    await this.page.screenshot({ path: path.join(artefacts, `${name}.png`) });
  }

  /**
   * Leaves the page first, as a user does, so that its extension host ends at once. What the editor stored in the browser is deleted, so
   * the next window of this context knows nothing of this one.
   */
  async close() {
    const { origin } = new URL(this.page.url());
    await this.page.goto('about:blank').catch(() => {});
    const session = await this.context.newCDPSession(this.page);
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'cookies,indexeddb,local_storage' });
    this.context.off('requestfailed', this.noteFailure);
    this.context.off('response', this.noteResponse);
    await this.page.close();
  }
}

/** Polls until the body returns something truthy. Throws the last error that the body threw, or an Error that it took too long. */
export async function until(what, body, timeoutMs = 30_000) {
  const end = Date.now() + timeoutMs;
  /** @type {Error | null} */
  let last = null;
  for (;;) {
    try {
      const value = await body();
      if (value) return value;
      last = null;
    } catch (error) {
      last = error instanceof Error ? error : new Error(String(error));
    }
    if (Date.now() > end)
      throw new Error(`Waited ${timeoutMs / 1000} s in vain: ${what}${last ? ` (${last.message})` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
