/** Scenes of what the reader of a file reports: its notes, and its variables with their fields. */
const uri = 'file:///w/trip.prompty';
const variables = [
  { name: 'city', value: 'Oslo', from: 'file' },
  { name: 'question', value: null, from: null },
  { name: 'guest.name', value: 'Mira', from: 'given' },
  {
    name: 'history',
    value: '[{"role":"user","content":"Where is the key?"},{"role":"assistant","content":"Under the mat."}]',
    from: 'beside',
  },
];
const notes = ['1 picture is left out.', 'The file has Windows line ends; they are read as \\n.'];
const file = { name: 'trip.prompty', reading: 'Prompty' };
const open = (tab) => tab.click('.report-variables summary');
const both = async (tab) => {
  for (const fold of await tab.locator('.report summary').all()) await fold.click();
};
const scene = (report) => ({ file, report: { uri, notes: [], variables, ...report } });

export const scenes = {
  'report-dark-1400-folded': { width: 1400, height: 300, scene: scene({ notes }) },
  'report-dark-520-open': { width: 520, height: 520, scene: scene({ notes: [notes[0]] }), act: open },
  'report-light-1400-open': { theme: 'light', width: 1400, height: 420, scene: scene({ notes }), act: both },
  'report-light-520-folded': { theme: 'light', width: 520, height: 300, scene: scene({ notes }) },
  'report-hc-520-open': { theme: 'hc', width: 520, height: 520, scene: scene({ notes }), act: both },
  'report-hclight-1400-typing': {
    theme: 'hcLight',
    width: 1400,
    height: 420,
    scene: scene({}),
    act: async (tab) => {
      await open(tab);
      await tab.locator('.report-fields textarea >> nth=1').click();
      await tab.keyboard.type('Where is the harbour, and how do I get there from the central station on foot?');
    },
  },
  'report-dark-360-open': { width: 360, height: 560, scene: scene({ notes: [notes[0]] }), act: open },
};
