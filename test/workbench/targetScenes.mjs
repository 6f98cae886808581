/** Scenes of the target chip and of narrow panels. */
const open = (tab) => tab.click('.chip-open');

export const scenes = {
  'target-dark-520': { width: 520, height: 620, act: open },
  'target-light-360-contrast': {
    theme: 'light',
    width: 360,
    height: 620,
    scene: { tab: 'attention', intent: { target: { text: ' negative', contrast: ' positive' } } },
    act: async (tab) => {
      await open(tab);
      await tab.locator('.target-column vscode-text-field >> nth=1').click();
      await tab.keyboard.type(' posit');
    },
  },
  'target-hc-880-span': {
    theme: 'hc',
    width: 880,
    height: 520,
    scene: { intent: { target: { span: [12, 14] } } },
    act: open,
  },
  'tabs-light-360': {
    theme: 'light',
    width: 360,
    height: 300,
    scene: { tab: 'lie' },
    // Shorter names leave room for every tab.
    act: async (tab) => {
      const away = tab.locator('.tabs-away');
      if (await away.isVisible()) await away.click();
    },
  },
  'tabs-dark-480': {
    width: 480,
    height: 300,
    scene: { tab: 'patching', title: null, views: { patching: { kind: 'empty' } } },
  },
};
