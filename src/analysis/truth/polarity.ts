/**
 * Whether a sentence says that something is so, or that it is not. This is read from its main clause by a small grammar of English
 * negation: "not", "never", "no" and their like at the predicate or the subject, denials ahead of a clause ("It is untrue that …"), and
 * turns of phrase that only look like one ("There is no doubt that …", titles, quoted words). Where the grammar cannot decide, it says why.
 * Pure. The truth probe reads a denied sentence the other way round.
 */

import type { PolarityDoubt } from './contract';

export interface Polarity {
  /** With a doubt: the sentence contains a word of negation. */
  negated: boolean;
  doubt: PolarityDoubt | null;
}

const truthWords = '(?:true|the case|correct|right|a fact|so|accurate)';
const falseWords = '(?:false|untrue|wrong|incorrect|a lie|a myth|a mistake|a falsehood|inaccurate)';
const claim = '(?:claim|statement|idea|belief|notion|assertion|rumou?r|sentence|story|view)';
const be = '(?:is|was)';
const knowers = `(?:(?:it ${be} )?(?:well |widely |generally |commonly )?(?:known|accepted|agreed)|it ${be} (?:\\w+ )?${truthWords}|it ${be} (?:certain|clear|obvious|evident|common knowledge)|everyone (?:knows|agrees)|everybody (?:knows|agrees)|(?!the \\w+ that )(?:\\w+ ){1,3}(?:knows?|agrees?|says?|said|thinks?|thought|believes?|believed|claims?|claimed|finds?|found))`;

/** Phrases before a clause that only affirm it. */
const affirming = [
  /^(?:there (?:is|was|can be) )?(?:(?:absolutely |really )?no|little|(?:not|never) (?:any|the slightest|the least|much|a)) (?:doubt|question|denying|mistaking|dispute)(?: (?:at all|whatsoever|about it|about the fact))?,? (?:that )?/,
  /^there can not be any doubt that /,
  /^(?:it is )?(?:(?:no|not an?) (?:secret|exaggeration|surprise|coincidence|accident)|not in (?:doubt|question|dispute)) that /,
  /^(?:without|beyond) (?:a |any |all )?(?:doubt|question),? (?:that )?/,
  /^nobody (?:doubts|denies|disputes|questions|(?:would|could|can|will) (?:deny|doubt|dispute|question)) (?:the fact )?that /,
  /^(?:it|that) can not be (?:denied|doubted|disputed) that /,
  /^(?:you|we|i|one) (?:can not|do not) (?:deny|doubt|dispute) (?:the fact )?that /,
  new RegExp(`^${knowers} that (?=\\S+ \\S)`),
];
/** Phrases before a clause that negate it. */
const denying = [
  new RegExp(
    `^it ${be} (?:simply |just |definitely |certainly |clearly )?(?:not|never|by no means|in no way) (?:at all |really |quite )?${truthWords} (?:to say |to claim )?that `,
  ),
  new RegExp(
    `^it ${be} (?:simply |just |definitely |certainly |clearly |quite |completely |totally )?${falseWords} (?:that|to (?:say|claim|think)(?: that)?) `,
  ),
  new RegExp(`^there ${be} no truth (?:in|to) the ${claim} that `),
  /^(?:[\w-]+ ){0,4}(?:do|does|did|would) not (?:really )?(?:believe|think|say|claim|find|suppose|agree|hold|suggest) that /,
  /^(?:nobody|none of them) (?:believes|thinks|says|claims|believed|thought|said|claimed) that /,
];
const undecided = [
  /^(?:[\w-]+ ){0,3}(?:is|am|are|was) (?:not|never) (?:\w+ )?(?:sure|certain|clear|known) (?:that|whether|if) /,
  /^(?:[\w-]+ ){0,4}(?:do|does|did) not (?:know|see|understand) (?:whether|if) /,
  new RegExp(`^it ${be} (?:\\w+ )?(?:not|never) (?:\\w+ )?${falseWords} (?:to \\w+ )?that `),
  /^(?:[\w-]+ ){0,4}(?:do|does|did) not (?:know|realise|realize|deny|doubt|see|understand|remember) that /,
];
const judgedClaim = new RegExp(
  `^(?:the ${claim} )?that (.+) (?:is|was) (not )?(?:\\w+ )?(?:(true|correct|right|a fact|accurate)|${falseWords})$`,
);

/** Phrases with a word of negation that negate nothing. */
const harmless = [
  /\b(?:whether or not|no matter|not to mention|yes (?:or|and) no|or not|no doubt|without (?:a |any )?doubt|beyond (?:a |any |all )?doubt|no wonder|no problem)\b/g,
  /\b(?:words?|terms?|letters|name|prefix|band|film|movie|song|novel|book|album) (?:no|not|never|none|nothing|nobody|neither)\b/g,
  /\bno\.? ?\d+\b/g,
  /\bdr\.? no\b/g,
];
/** Idioms that negate half, or not at all. */
const idioms =
  /\b(?:not only|not just|not merely|not simply|nothing (?:but|less than|short of|other than|if not)|none other than|no (?:more|less|fewer|later|earlier|sooner|other) than|not until|can not (?:but|help)|anything but|all but|far from|fails? to|failed to|refuses? to|lacks?|could not be (?:more|less|better)|not as if|few \w+ (?:do|are|can|have) not|hardly|scarcely|barely|rarely|seldom|(?:if|though) not|not (?:un(?!i[tvfoq]|der|til|cle)\w+|impossible|without|false|wrong|incorrect|a lie|a myth))\b/;

/** A final word of negation, which may only be mentioned, or a final verdict on a claim that the grammar does not parse. */
const lastWords =
  /\b(?:not|never|no|none|nobody|nothing|nowhere|(?:is|was) (?:\w+ )?(?:false|untrue|incorrect|wrong))$/;

const negators = new Set(['not', 'never', 'no', 'none', 'nobody', 'nothing', 'nowhere', 'neither']);
const finite = new Set(
  "is are was were am has have had do does did can could will would shall should may might must 's 're".split(' '),
);
const relatives = new Set(['who', 'which', 'that', 'whose', 'whom']);
const adverbials = new Set(
  'if when whenever because although though unless while whereas since until where wherever'.split(' '),
);
const foreign =
  /\b(?:nicht|kein(?:e[mnrs]?)?|niemals|n'(?:est|a|ont|étai(?:t|ent))|pas|jamais|nunca|jamás|não|niet|geen)\b/u;

const decided = (negated: boolean): Polarity => ({ negated, doubt: null });

export function polarityOf(sentence: string): Polarity {
  const { text, cased } = normal(sentence);
  if (isForeign(text)) return { negated: false, doubt: 'language' };
  const answer = text.replace(/^(?:no|nope|yes|well), /i, '');
  const title = cased ? withoutTitles(answer) : { text: answer, doubtful: false };
  const doubtful = (doubt: PolarityDoubt): Polarity => ({ negated: hasNegator(title.text.toLowerCase()), doubt });
  let rest = title.text.toLowerCase();
  if (title.doubtful || isVerbThenFinite(rest.split(' '))) return doubtful('title');
  let denials = 0;
  for (let changed = true; changed; ) {
    if (undecided.some((pattern) => pattern.test(rest))) return doubtful('double');
    const deny = denying.find((pattern) => pattern.test(rest));
    const found = deny ?? affirming.find((pattern) => pattern.test(rest));
    changed = found !== undefined;
    if (found) rest = rest.replace(found, '');
    if (deny) denials++;
  }
  const judged = judgedClaim.exec(rest);
  if (judged) {
    rest = judged[1];
    const isTrue = judged[3] !== undefined;
    if (judged[2] && !isTrue) return doubtful('double');
    if (isTrue === (judged[2] !== undefined)) denials++;
  }
  rest = harmless.reduce((left, pattern) => left.replace(pattern, 'it'), rest);
  if (idioms.test(rest) || lastWords.test(rest)) return doubtful('idiom');
  const clause = clauseNegations(rest);
  if (typeof clause === 'string') return doubtful(clause);
  return denials + clause > 1 ? doubtful('double') : decided(denials + clause === 1);
}

/** Unifies the spelling of apostrophes, contractions and capitals; quoted words become one word. */
function normal(sentence: string): { text: string; cased: boolean } {
  const straight = sentence
    .trim()
    .replace(/[’‘ʼ`´]/g, "'")
    .replace(/["“”„«»][^"“”„«»]*["“”„«»]/g, 'Q')
    .replace(/(^|[\s(])'[^']*'(?=[\s.,;:!?)]|$)/g, '$1Q')
    .replace(/[.!。！…]+$/u, '')
    .replace(/\s+/g, ' ');
  const cased = /\p{Ll}/u.test(straight.replaceAll('Q', ''));
  const text = (cased ? straight : straight.toLowerCase().replace(/\bq\b/g, 'Q'))
    .replace(/\b(is|are|was|were|do|does|did|has|have|had|would|could|should|must|need)n'?t\b/gi, '$1 not')
    .replace(/\b(?:can'?t|cannot)\b/gi, 'can not')
    .replace(/\b(?:won't|wont)\b/gi, 'will not')
    .replace(/\bain'?t\b/gi, 'is not')
    .replace(/\bno[- ]one\b/gi, 'nobody')
    .replace(/\b(there|it|that|he|she|what)'s\b/gi, '$1 is');
  return { text, cased };
}

/** The text is mostly not in Latin letters, or has a negation of a neighbouring language. */
function isForeign(text: string): boolean {
  const letters = text.match(/\p{L}/gu) ?? [];
  const latin = letters.filter((letter) => /\p{Script=Latin}/u.test(letter)).length;
  return latin * 2 < letters.length || foreign.test(text.toLowerCase());
}

const hasNegator = (text: string): boolean => (text.match(/[\w'-]+/g) ?? []).some((word) => negators.has(word));

const capital = /^\p{Lu}/u;
const joining = new Set('a an the of to for in on and me my or at nor'.split(' '));

/**
 * Replaces capitalised words of negation that belong to a name: in the middle of a sentence they do, and at its beginning they do when a
 * run of capitals and a verb follow ("Never Let Me Go is a novel"). A headline has capitals throughout, so its names cannot be recognised.
 */
function withoutTitles(text: string): { text: string; doubtful: boolean } {
  const words = text.split(' ');
  const long = words.filter((word) => /^\p{L}{4,}/u.test(word));
  const isHeadline = long.length > 2 && long.every((word) => capital.test(word));
  const isNegator = (at: number) => negators.has((words[at] ?? '').toLowerCase().replace(/[,;:]$/, ''));
  const out = [...words];
  for (let at = 0; at < words.length; at++) {
    if (!isNegator(at) || !capital.test(words[at])) continue;
    const shouted = words[at].length > 1 && words[at] === words[at].toUpperCase();
    if (at > 0 && shouted && words[at] !== 'NO') continue;
    if (shouted && words[at] === 'NO' && !finite.has((words[at - 1] ?? '').toLowerCase()))
      return { text, doubtful: true };
    if (at > 0 && (isHeadline || shouted)) continue;
    let end = at + 1;
    while (end < words.length && (capital.test(words[end]) || joining.has(words[end]))) end++;
    while (end > at + 1 && joining.has(words[end - 1])) end--;
    if (at > 0) {
      out.fill('It', at, end);
      continue;
    }
    if (end === 1) {
      // "Never let me go is a novel": no sentence begins with "never" and a bare verb.
      const next = (words[1] ?? '').toLowerCase();
      if (/^never$/i.test(words[0]) && !finite.has(next) && !/^(?:before|again|in|once)$/.test(next))
        return { text, doubtful: true };
      continue;
    }
    if (isHeadline) continue;
    const verbFollows = /^(?:is|was|are|were|has|had)$/i.test(words[end] ?? '');
    if (end - at < 3 || !verbFollows) {
      // "No German city is …" denies; "No Exit is a play" does not; the two look alike when a verb follows at once.
      if (verbFollows) return { text, doubtful: true };
      continue;
    }
    out.fill('It', at, end);
  }
  return { text: out.join(' '), doubtful: false };
}

/** "Nobody knows is a film" has one verb too many. */
function isVerbThenFinite(words: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = words;
  if (!/^(?:nobody|nothing|none)$/.test(first)) return false;
  return /[^s]s$/.test(second) && !/^(?:is|was|has|does|always)$/.test(second) && finite.has(third);
}

/** The number of negations in the main clause, 0 or 1, or the reason why they cannot be counted. */
function clauseNegations(text: string): 0 | 1 | PolarityDoubt {
  const words: readonly string[] = text.match(/[\p{L}\p{N}'][\p{L}\p{N}'.-]*|[,;:]|[—–]/gu) ?? [];
  const places = words.flatMap((word, at) => (negators.has(word) ? [at] : []));
  const nor = words.indexOf('nor');
  if (places.length === 0) return nor < 0 ? 0 : 'contrast';
  if (places.some((at) => isContrast(words, at))) return 'contrast';
  const inClause = places.map((at) => isSubordinate(words, at));
  if (inClause.some(Boolean)) return 'clause';
  if (places.length > 1) return 'double';
  return isHalfDenied(words, places[0]) ? 'contrast' : 1;
}

/** "…, not Paris", "and not", "not Paris but Rome": one thing is denied and another is affirmed. */
function isContrast(words: readonly string[], at: number): boolean {
  const before = words[at - 1];
  if (words[at] === 'not' && (before === undefined || [',', 'and', 'or', '—', '–', ';'].includes(before))) {
    // "Not all birds can fly" has its negation at the beginning.
    return !(
      before === undefined && /^(?:all|every|everyone|everybody|everything|one|a|any|many)$/.test(words[at + 1] ?? '')
    );
  }
  return words.includes('but') || words.includes('rather') || words.includes('instead') || words.includes(';');
}

/** Whether the negation is part of a subordinate clause. */
function isSubordinate(words: readonly string[], at: number): boolean {
  let opener = at - 1;
  while (opener >= 0 && !relatives.has(words[opener]) && !adverbials.has(words[opener])) opener--;
  if (opener < 0) return false;
  const between = words.slice(opener + 1, at);
  const later = words
    .slice(at + 1)
    .some((word, place) => finite.has(word) && !relatives.has(words[at + place]) && !adverbials.has(words[at + place]));
  const isOfSubject = opener === 2 && /^(?:the|an?|this|that|one)$/.test(words[0]);
  if (opener > 0 && /^(?:an?|the)$/.test(words[opener - 1])) return false;
  if (adverbials.has(words[opener]) && !(isOfSubject && /^(?:when|where)$/.test(words[opener]))) {
    // A clause before the main one continues up to its comma, or without one up to its own verb.
    if (opener > 0 && words[opener - 1] !== ',') return true;
    const comma = between.indexOf(',');
    if (comma >= 0) return words[opener] === 'unless';
    return words.slice(at).includes(',') || between.filter((word) => finite.has(word)).length < 2;
  }
  if (words.slice(0, opener).some((word) => finite.has(word)) && !between.includes(',')) {
    // In "It was not Rome that …" the clause opens after the negation; here the predicate has a clause of its own.
    return !isSaid(words, opener);
  }
  const verbs = between.filter((word) => finite.has(word));
  return between.length - verbs.length === 0 || later;
}

/** In "… said that it is not", the reported clause is what the sentence asserts. */
const isSaid = (words: readonly string[], opener: number): boolean =>
  words[opener] === 'that' &&
  /^(?:sa(?:y|id|ys)|show(?:n|s|ed)?|known|prove[dns]?|true|clear|found|fact)$/.test(words[opener - 1] ?? '');

/** Whether only one of two clauses with their own verbs is denied. */
function isHalfDenied(words: readonly string[], at: number): boolean {
  return words.some((word, joint) => {
    const isJoint = word === ',' ? !adverbials.has(words[0]) : /^(?:and|or|yet|while)$/.test(word);
    if (!isJoint) return false;
    const [left, right] = [words.slice(0, joint), words.slice(joint + 1)];
    const verbs = (part: readonly string[]) => part.some((each) => finite.has(each));
    return verbs(left) && verbs(right) && at !== joint;
  });
}
