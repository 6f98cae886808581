/** The consequences of each code, written a second time: a code with another kind or another button needs a change here. */
import { describe, expect, it } from 'vitest';
import { clauses } from '../../../src/protocol/clauses';
import { entryOf, type ProblemCode, panelFacts, problemCatalogue } from '../../../src/protocol/problemCatalogue';
import type { MessageButton, PanelHelp, ProblemEntry, ProblemKind } from '../../../src/protocol/problemKinds';
import { remedies } from '../../../webview/panels/states/remedies';

const codes = Object.keys(problemCatalogue) as ProblemCode[];
const codesWhere = (holds: (entry: ProblemEntry) => boolean) => codes.filter((code) => holds(entryOf(code))).sort();

const kinds: Record<ProblemKind, readonly ProblemCode[]> = {
  cancelled: ['cancelled'],
  usage: [
    'usage',
    'outOfRange',
    'choiceEmpty',
    'targetEmpty',
    'patternInvalid',
    'templateWithoutSlot',
    'noVariables',
    'unknownVariable',
    'outputIsInput',
    'outputTwice',
  ],
  unmet: [
    'noPrompt',
    'noResult',
    'emptyBody',
    'emptyPrompt',
    'nothingToFill',
    'nothingSelected',
    'nothingBefore',
    'noStatements',
    'needsTable',
    'notText',
    'noTextEditor',

    'noCommit',
    'gitOff',
    'folderNotTrusted',
    'noSecondPrompt',
    'cudaInstallerMissing',
  ],
  file: [
    'fileUnreadable',
    'fileNotText',
    'promptMalformed',
    'promptNotRead',
    'tableMalformed',
    'factsMalformed',
    'runMalformed',
    'runNewer',
    'runTooLarge',
    'recordedOnly',
    'probeMissing',
    'probeMalformed',
    'probeOtherModel',
  ],
  content: [
    'promptTooLong',
    'textTooLarge',
    'statementTooLong',
    'outOfMemory',
    'noTemplate',
    'templateFailed',
    'templateRefused',
    'continueFailed',
    'nothingToContinue',
    'choiceNone',
    'nothingKept',
    'noUnits',
    'noSlots',
    'noSelection',
    'noExamples',
    'noPoints',
    'tableTooLong',
    'columnMissing',
    'tableNotPrompt',
    'tableGiven',
    'noLabels',
    'directionMisfit',
    'oneClass',
    'classOfOneRow',
    'tooFewRows',
    'notNumbers',
    'notTruthValue',
    'patternSlow',
    'nothingLeft',
    'lengthsDiffer',
    'nothingToRecover',
    'promptClosed',
  ],
  engine: ['engineGone', 'engineKilled', 'engineCannotStart'],
  model: ['modelMissing', 'modelMalformed', 'modelChanged', 'modelUnsupported', 'modelTooLarge'],
  numbers: ['weightsNotNumbers', 'resultNotNumbers'],
  provider: ['providerUnavailable'],
  cache: ['cacheNotWritable', 'cacheLimited', 'cacheDiskFull'],
  output: ['fileNotWritten', 'diskFull', 'folderMissing', 'outputIsFolder', 'outputProtected', 'outputNotPossible'],
  internal: ['unknownRequest', 'internal'],
};

const helps: Record<PanelHelp, readonly ProblemCode[]> = {
  none: [
    'engineCannotStart',
    'nothingToContinue',
    'outOfRange',
    'choiceEmpty',
    'noUnits',
    'noSlots',
    'noPoints',
    'tableMalformed',
    'columnMissing',
    'templateWithoutSlot',
    'noStatements',
    'needsTable',
    'oneClass',
    'tooFewRows',
    'notNumbers',
    'notTruthValue',
    'patternInvalid',
    'patternSlow',
    'nothingLeft',
    'lengthsDiffer',
    'nothingToFill',
    'nothingSelected',
    'nothingBefore',
    'runMalformed',
    'runNewer',
    'runTooLarge',
    'recordedOnly',
  ],
  again: ['cancelled', 'noSelection'],
  engine: [
    'unknownRequest',
    'internal',
    'statementTooLong',
    'fileUnreadable',
    'fileNotText',
    'modelChanged',
    'resultNotNumbers',
    'templateFailed',
    'templateRefused',
    'continueFailed',
    'usage',
    'choiceNone',
    'nothingKept',
    'tableTooLong',
    'tableGiven',
    'noLabels',
    'factsMalformed',
    'directionMisfit',
    'classOfOneRow',
    'notText',
    'noTextEditor',
    'noResult',
    'noSecondPrompt',
    'noCommit',
    'gitOff',
    'folderNotTrusted',
    'fileNotWritten',
    'diskFull',
    'folderMissing',
    'outputIsFolder',
    'outputProtected',
    'outputNotPossible',
    'noVariables',
    'unknownVariable',
    'outputIsInput',
    'outputTwice',

    'cudaInstallerMissing',
  ],
  restart: ['engineGone', 'engineKilled'],
  shorten: ['promptTooLong', 'textTooLarge', 'outOfMemory'],
  model: ['modelMissing', 'modelMalformed', 'modelUnsupported', 'modelTooLarge', 'weightsNotNumbers', 'noTemplate'],
  settings: ['cacheNotWritable', 'cacheLimited', 'cacheDiskFull', 'providerUnavailable'],
  example: ['emptyBody', 'emptyPrompt', 'noExamples', 'noPrompt', 'promptClosed'],
  asText: ['promptMalformed', 'promptNotRead'],
  table: ['tableNotPrompt'],
  probe: ['probeMissing', 'probeMalformed', 'probeOtherModel'],
  target: ['targetEmpty', 'nothingToRecover'],
};

/** The actions of the panel's buttons, the likeliest to help first. */
const actions: Record<PanelHelp, readonly string[]> = {
  none: [],
  again: ['run'],
  engine: ['run', 'restartEngine'],
  restart: ['restartEngine'],
  shorten: ['explainSelection', 'run'],
  model: ['chooseModel', 'openSettings'],
  settings: ['openSettings', 'run'],
  example: ['openExample'],
  asText: ['showAsText', 'explainSelection'],
  table: ['showEmbeddings', 'layerProbe', 'trainProbe', 'explainSelection'],
  probe: ['chooseProbe', 'trainProbe', 'chooseModel'],
  target: ['askTarget'],
};

const buttons: Record<MessageButton, readonly ProblemCode[]> = {
  restart: ['engineGone'],
  clearCache: ['cacheLimited', 'cacheDiskFull'],
  model: ['modelMissing', 'modelMalformed', 'modelChanged', 'modelUnsupported', 'modelTooLarge', 'weightsNotNumbers'],
  provider: ['providerUnavailable'],
  example: ['noPrompt'],
  log: ['internal'],
};

const traits: Record<
  'elsewhere' | 'settled' | 'ordinary' | 'restarts' | 'ofUnits' | 'namesText',
  readonly ProblemCode[]
> = {
  elsewhere: [
    'engineKilled',
    'engineCannotStart',
    'modelMissing',
    'modelMalformed',
    'modelChanged',
    'modelUnsupported',
    'cacheNotWritable',
    'cacheLimited',
    'cacheDiskFull',
    'modelTooLarge',
    'weightsNotNumbers',
    'resultNotNumbers',
    'providerUnavailable',
    'usage',
    'fileNotWritten',
    'diskFull',
    'folderMissing',
    'outputIsFolder',
    'outputProtected',
    'outputNotPossible',
    'noVariables',
    'unknownVariable',
    'outputIsInput',
    'outputTwice',
  ],
  settled: [
    'cancelled',
    'emptyBody',
    'emptyPrompt',
    'promptMalformed',
    'promptNotRead',
    'outOfRange',
    'choiceEmpty',
    'targetEmpty',
    'noUnits',
    'noSlots',
    'noSelection',
    'noExamples',
    'noPoints',
    'tableMalformed',
    'columnMissing',
    'tableNotPrompt',
    'templateWithoutSlot',
    'noStatements',
    'needsTable',
    'oneClass',
    'tooFewRows',
    'notNumbers',
    'notTruthValue',
    'patternInvalid',
    'patternSlow',
    'nothingLeft',
    'lengthsDiffer',
    'nothingToRecover',
    'nothingToFill',
    'nothingSelected',
    'nothingBefore',
    'runMalformed',
    'runNewer',
    'runTooLarge',
    'recordedOnly',
  ],
  ordinary: [
    'emptyBody',
    'recordedOnly',
    'emptyPrompt',
    'noUnits',
    'noSlots',
    'noSelection',
    'noExamples',
    'noPoints',
    'tableNotPrompt',
    'noStatements',
    'needsTable',
    'nothingLeft',
    'nothingToRecover',
    'nothingToFill',
    'nothingSelected',
    'nothingBefore',
  ],
  restarts: ['engineGone', 'engineKilled'],
  ofUnits: ['noUnits', 'noSlots', 'noSelection', 'patternInvalid', 'patternSlow', 'nothingLeft'],
  namesText: ['emptyBody', 'emptyPrompt', 'promptMalformed', 'promptNotRead'],
};

describe('the catalogue of problems', () => {
  it.each(Object.entries(kinds))('has these of the kind %s', (kind, expected) => {
    expect(codesWhere((entry) => entry.kind === kind)).toEqual([...expected].sort());
  });

  it.each(Object.entries(traits))('says %s of these', (trait, expected) => {
    expect(codesWhere((entry) => entry[trait as keyof typeof traits] === true)).toEqual([...expected].sort());
  });

  it.each(Object.entries(buttons))('gives the button %s to messages of these', (button, expected) => {
    expect(codesWhere((entry) => entry.button === button)).toEqual([...expected].sort());
  });

  it('gives every code its buttons in the panel', () => {
    const expected = Object.entries(helps).flatMap(([help, all]) =>
      all.map((code) => [code, actions[help as PanelHelp]] as const),
    );
    expect(expected.map(([code]) => code).sort()).toEqual([...codes].sort());
    for (const [code, offered] of expected)
      expect([code, remedies({ panel: panelFacts(code) }).map(({ action }) => action)]).toEqual([code, offered]);
  });

  it('says less than it is of what is settled: it never offers to restart the engine', () => {
    for (const code of traits.settled)
      expect(remedies({ panel: panelFacts(code) }).map(({ action }) => action)).not.toContain('restartEngine');
  });

  it('has a place in the sentence for the clause that is announced', () => {
    for (const code of codes) {
      const { clauseAt, message } = entryOf(code);
      if (clauseAt !== undefined) expect([code, message]).toEqual([code, expect.stringContaining(`{${clauseAt}}`)]);
    }
  });

  it('takes a code of another version for a fault of the program', () => {
    expect(entryOf('ofTomorrow' as ProblemCode)).toBe(problemCatalogue.internal);
    expect(entryOf('toString' as ProblemCode)).toBe(problemCatalogue.internal);
  });
});

describe('the catalogue of clauses', () => {
  it('says each thing once, as part of a sentence', () => {
    const all = Object.values(clauses);
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((english) => /^\s|\s$/.test(english))).toEqual([]);
    // A note is a sentence of its own, anything else a part of one.
    const sentences = Object.entries(clauses).filter(([, english]) => english.endsWith('.'));
    expect(sentences.map(([key]) => key).filter((key) => !key.startsWith('note'))).toEqual([]);
  });

  it('says line and column of everything that is wrong in a prompt file', () => {
    const placed = Object.entries(clauses).filter(
      ([key]) => /^(?:frontMatter|tag|json|chat)/.test(key) && key !== 'jsonEnd',
    );
    expect(placed.length).toBeGreaterThan(10);
    for (const [key, english] of placed)
      expect([key, english]).toEqual([key, expect.stringMatching(/^line \{0\}, column \{1\}: /)]);
  });
});
