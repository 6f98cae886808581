/** Scenes of the Lie Detector tab: the list, a chosen statement, the model's own answer, a layer probe, refusals. */
const lie = (section, more = {}) => ({ doc: 'truth', tab: 'lie', intent: { lie: { section } }, ...more });
const choose = (index) => async (tab) => {
  await tab.click(`.lie-rows .lie-row >> nth=${index}`);
  await tab.mouse.move(0, 0);
};
/** The table of cities, by latitude. */
const cities = { doc: 'cities', tab: 'lie', intent: { lie: { section: 'probe', template: 'The city of {x}' } } };
/** Opens what the probe is judged by. */
const judged = (tab) => tab.click('.lie-evidence summary');
/** Scrolls to the charts of what the model itself says. */
const own = async (tab) => {
  await judged(tab);
  await tab.locator('.lie-own').scrollIntoViewIfNeeded();
  await tab.mouse.move(0, 0);
};
const failed = (problem) => ({ kind: 'failed', previous: null, problem });

const steer = async (tab) => {
  await tab.click('.steer vscode-button');
  await tab.waitForTimeout(200);
  await tab.locator('.steer').scrollIntoViewIfNeeded();
};

/** The first statements of an unfinished run. */
function some(tab) {
  return tab.evaluate(() => {
    const { lie, prompt } = Reflect.get(window, 'FIXTURES').truth;
    const result = { ...lie.result, statements: lie.result.statements.slice(0, 5), complete: false };
    const progress = { stage: 'running', done: 5, total: lie.labels.length, unit: 'steps' };
    Reflect.get(
      window,
      'PUSH',
    )({ lie: { kind: 'running', previous: { prompt, ...lie, result }, progress, elapsedMs: 900 } });
  });
}

export const scenes = {
  'lie-dark-520': { width: 520, height: 2600, scene: lie('statements'), act: choose(1) },
  'lie-light-1400': { theme: 'light', width: 1400, height: 1330, scene: lie('statements'), act: choose(8) },
  'lie-dark-1400': { width: 1400, height: 1330, scene: lie('statements') },
  'lie-hc-880': { theme: 'hc', width: 880, height: 1400, scene: lie('statements'), act: choose(11) },
  'lie-hclight-600': { theme: 'hcLight', width: 600, height: 2400, scene: lie('statements'), act: choose(3) },
  'lie-light-judged': { theme: 'light', width: 880, height: 1900, scene: lie('statements'), act: judged },
  'lie-light-520': { theme: 'light', width: 520, height: 1000, scene: lie('statements') },
  'lie-dark-flip': {
    width: 1400,
    height: 1330,
    scene: lie('statements'),
    act: async (tab) => {
      await judged(tab);
      await tab.click('.lie-evidence .lie-under .link');
    },
  },
  'lie-dark-hover': {
    width: 880,
    height: 1400,
    scene: lie('statements'),
    act: async (tab) => {
      await choose(0)(tab);
      await tab.hover('.probe-curve >> nth=0', { position: { x: 140, y: 80 } });
    },
  },
  'lie-light-table': {
    theme: 'light',
    width: 880,
    height: 900,
    scene: lie('statements'),
    act: (tab) => tab.click('.foot .link'),
  },
  'lie-dark-running': { width: 880, height: 700, scene: lie('statements'), act: some },
  'lie-dark-other-model': {
    width: 520,
    height: 480,
    scene: lie('statements', {
      views: {
        lie: failed({
          code: 'probeOtherModel',
          message: 'The probe other.probe.json was trained on a different model than SmolLM2-135M-Instruct.',
          remedy: "Train a probe for this model, or choose the probe's own model.",
          args: ['other.probe.json', 'SmolLM2-135M-Instruct'],
        }),
      },
      intent: { lie: { section: 'statements', probe: '/models/other.probe.json' } },
    }),
  },
  'lie-answer-dark-880': { width: 880, height: 1200, scene: lie('answer'), act: choose(0) },
  'lie-answer-light-520': { theme: 'light', width: 520, height: 900, scene: lie('answer') },
  'lie-own-dark-1400': { width: 1400, height: 900, scene: lie('statements'), act: own },
  'lie-own-light-600': { theme: 'light', width: 600, height: 900, scene: lie('statements'), act: own },
  'lie-own-light-1400': { theme: 'light', width: 1400, height: 900, scene: lie('statements'), act: own },
  'lie-own-dark-600': { width: 600, height: 900, scene: lie('statements'), act: own },
  'lie-cities-dark-1400': { width: 1400, height: 640, scene: cities },
  'lie-cities-light-600': { theme: 'light', width: 600, height: 1100, scene: cities },
  'lie-probe-light-1400': { theme: 'light', width: 1400, height: 640, scene: lie('probe') },
  'lie-probe-dark-520': { width: 520, height: 1000, scene: lie('probe') },
  'lie-probe-hc-880': { theme: 'hc', width: 880, height: 700, scene: lie('probe') },
  'lie-steer-light-1400': { theme: 'light', width: 1400, height: 900, scene: lie('probe'), act: steer },
  'lie-steer-dark-600': { width: 600, height: 1400, scene: lie('probe'), act: steer },
  'lie-steer-hc-880': { theme: 'hc', width: 880, height: 900, scene: lie('statements'), act: steer },
  'lie-probe-none': {
    width: 520,
    height: 480,
    scene: lie('probe', {
      views: {
        probe: failed({
          code: 'needsTable',
          message: 'notes.txt is not a table of labelled texts.',
          remedy: 'Open a .csv with the columns text and label (and group, if rows belong together).',
          args: ['notes.txt'],
        }),
      },
    }),
  },
};
