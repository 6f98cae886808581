/**
 * Renders chat templates in a process of its own, started by templateProcess.ts: whatever a template does, the process can be
 * killed, and its memory is its own. This is plain JavaScript, so that Node runs it as it is, bundled or not. In: { source, values:
 * object[], limitMs, mostCharacters }. Out: { texts: (string | null)[] }, or the reason of a failure: { refused: 'slow' | 'long' |
 * 'deep' }, or { said: string, byTemplate } with the template's own words, or those of an error in it. The first rendering must succeed; a later one that fails is null.
 */
import { createContext, runInContext } from 'node:vm';
import { PythonTemplate, Refusal } from './templateLanguage.mjs';

const context = createContext({ work: null });
/** @type {{ source: string, template: PythonTemplate } | null} The template of the model that is open. */
let parsed = null;

const tooLong = new Error('too long');

/** The limit of a vm context applies to everything called within it, and so to the template's loops too. */
function within(limitMs, work) {
  context.work = work;
  return runInContext('work()', context, { timeout: Math.max(1, Math.ceil(limitMs)) });
}

function render({ source, values, limitMs, mostCharacters }) {
  const ends = performance.now() + limitMs;
  const texts = [];
  for (const each of values) {
    try {
      texts.push(
        within(ends - performance.now(), () => {
          if (parsed?.source !== source) parsed = { source, template: new PythonTemplate(source) };
          const text = parsed.template.render(each);
          if (text.length > mostCharacters) throw tooLong;
          return text;
        }),
      );
    } catch (error) {
      if (texts.length === 0) return reasonOf(error);
      texts.push(null);
    }
  }
  return { texts };
}

function reasonOf(error) {
  if (error === tooLong) return { refused: 'long' };
  if (error?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return { refused: 'slow' };
  if (error instanceof RangeError && /call stack/i.test(error.message)) return { refused: 'deep' };
  return { said: String(error?.message ?? error), byTemplate: error instanceof Refusal };
}

process.on('message', (request) => process.send(render(request)));
process.on('disconnect', () => process.exit(0));
process.send('ready');
