/**
 * Writes the truth probe's figures from models/truth/probe.json into the files where people read them, between two comments: `node
 * scripts/truthFigures.mjs` changes README.md and models/truth/README.md, `--check` writes nothing and exits with 1 where they differ from
 * the probe's card.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const read = (name) => fs.readFileSync(path.join(root, name), 'utf8');

export const readCard = () => JSON.parse(read('models/truth/probe.json')).card;

const digits = (value, count = 2) => value.toFixed(count).replace(/^0\./, '.');
const figure = ({ value, low, high }) => `${digits(value)} (${digits(low)}–${digits(high)})`;
const hundred = (share) => String(Math.round(100 * share));
const rate = ({ hits, of, low, high }) =>
  hits === of
    ? `no error on ${of} (up to ${hundred(1 - low)} in 100 possible)`
    : `${hundred(hits / of)} in 100 (${hundred(low)}–${hundred(high)})`;
const range = ([worst, best]) => `${digits(worst)} to ${digits(best)}`;

/** The paragraph for README.md. */
export function sentence({ topicMean, topicRange, accuracy, topics, frozen }) {
  const parts = [
    `On topics it has not seen (${topics.length}, each left out in turn) it ranks a true statement above a false one`,
    `${hundred(topicMean.value)} times in 100 on average (${hundred(topicMean.low)}–${hundred(topicMean.high)}), by topic from`,
    `${hundred(topicRange[0])} to ${hundred(topicRange[1])}. It decides ${rate(accuracy.coverage)} statements, and of these`,
    `${rate(accuracy.decided)} rightly.`,
  ];
  if (frozen)
    parts.push(
      `On ${frozen.topics.length} topics kept aside until the end: ${hundred(frozen.topicMean.value)} times in 100`,
      `(${hundred(frozen.topicMean.low)}–${hundred(frozen.topicMean.high)}), from ${hundred(frozen.topicRange[0])} to`,
      `${hundred(frozen.topicRange[1])}; it decides ${rate(frozen.accuracy.coverage)}, ${rate(frozen.accuracy.decided)} rightly.`,
    );
  return parts.join(' ');
}

/** The tables for models/truth/README.md. */
export function tables(card) {
  const { frozen, answers } = card;
  const sets = [card, ...(frozen ? [frozen] : [])];
  const row = (name, of) => `| ${name} | ${sets.map(of).join(' | ')} |`;
  const lines = [
    `| | ${card.topics.length} topics, each left out |${frozen ? ` ${frozen.topics.length} frozen topics |` : ''}`,
    `|---|${sets.map(() => '---|').join('')}`,
    row('AUROC, mean over topics', ({ topicMean }) => figure(topicMean)),
    row('the worst topic to the best', ({ topicRange }) => range(topicRange)),
    row('AUROC, pooled', ({ auroc }) => figure(auroc)),
    row('right where it decides', ({ accuracy }) => rate(accuracy.decided)),
    row('it decides', ({ accuracy }) => rate(accuracy.coverage)),
    row('right of all, forced', ({ accuracy }) => rate(accuracy.forced)),
    row('baseline: log-probability × negation, AUROC', ({ baselines }) => figure(baselines.logprob)),
    row('baseline: words (TF-IDF), AUROC', ({ baselines }) => figure(baselines.words)),
    row('baseline: length, AUROC', ({ baselines }) => figure(baselines.length)),
    '',
    '| left out | |',
    '|---|---|',
    `| affirmative; negated, AUROC pooled | ${figure(card.affirmative)}; ${figure(card.negated)} |`,
    `| topics of the known kind, AUROC pooled | ${figure(card.known)} |`,
    `| right on the surest half | ${rate(card.surestHalf)} |`,
    `| calibration error | ${digits(card.calibration.error, 3)} |`,
    `| trained on affirmative statements, tested on negated ones, AUROC | ${digits(card.negationFlip)} |`,
  ];
  if (answers)
    lines.push(
      `| the model's own choices, AUROC: probe; with log-probability | ${figure(answers.listed.probe)}; ${figure(answers.listed.both)} (${answers.listed.right} right, ${answers.listed.wrong} wrong) |`,
      `| its own words, AUROC: probe; with log-probability | ${figure(answers.free.probe)}; ${figure(answers.free.both)} (${answers.free.right} right, ${answers.free.wrong} wrong) |`,
    );
  lines.push('', `AUROC of each topic left out: ${byTopic(card.topics)}.`);
  if (frozen) lines.push('', `Of each frozen topic: ${byTopic(frozen.topics)}.`);
  return lines.join('\n');
}

const byTopic = (topics) =>
  [...topics]
    .sort((a, b) => b.auroc.value - a.auroc.value)
    .map(({ topic, auroc }) => `${topic} ${figure(auroc)}`)
    .join(', ');

/** Wraps lines to the width of README.md, inside a list item. */
const wrapped = (text) => text.replace(/(.{1,128})(?:\s+|$)/g, '  $1\n').trimEnd();

const [open, close] = ['<!-- figures of the probe -->', '<!-- end of the figures -->'];

/** The text with the part between the comments replaced. */
export function withFigures(text, figures) {
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`No "${open}" … "${close}".`);
  return text.slice(0, from + open.length) + figures + text.slice(to);
}

export const readers = {
  'README.md': (card) => `\n${wrapped(sentence(card))}\n  `,
  'models/truth/README.md': (card) => `\n${tables(card)}\n`,
};

function main(check) {
  const card = readCard();
  for (const [name, figures] of Object.entries(readers)) {
    const text = read(name);
    const now = withFigures(text, figures(card));
    if (!check) fs.writeFileSync(path.join(root, name), now);
    else if (now !== text) {
      console.error(`${name} does not say what models/truth/probe.json says: run node scripts/truthFigures.mjs`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'));
