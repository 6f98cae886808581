/**
 * The page's entry: sends `ready`, receives the whole state once, then only changes. The host's HTML is a constant with `<div
 * id="app">`; its policy needs `img-src data:` for the PNG export and nothing inline.
 */
import { connectHost } from '../base/api';
import { el, fill } from '../base/dom';
import { failure } from '../base/failure';
import { configureStrings, t } from '../base/strings';
import { Shell } from './shell/shell';
import { views } from './views';

/** After this time the page says in words that it is waiting. */
const PATIENCE_MS = 1500;

async function start(root: HTMLElement): Promise<void> {
  const host = connectHost();
  const waiting = setTimeout(
    () => fill(root, el('p', { class: 'waiting m' }, t('Waiting for the editor.'))),
    PATIENCE_MS,
  );
  try {
    const { state, strings, language } = await host.channel.request('ready', { intent: host.savedIntent() });
    configureStrings(strings);
    document.documentElement.lang = language;
    const shell = new Shell(root, host, state, views);
    host.channel.on('didChangeState', shell.apply);
    host.channel.on('didAskToGenerate', shell.generate);
    host.channel.on('didAskForFigures', shell.showFigures);
    host.channel.on('didAskToFocus', shell.focus);
  } catch (error) {
    fill(root, el('p', { class: 'waiting' }, failure(error).message));
  } finally {
    clearTimeout(waiting);
  }
}

const app = document.getElementById('app');
if (app) void start(app);
