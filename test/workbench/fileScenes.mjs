/** Scenes of the line that names the file. */
const other = { name: 'agent.py', showable: true };
const long = {
  name: 'a-very-long-name-of-a-prompt-for-the-evening.yaml',
  folder: 'prompts/customers/old',
  reading: 'as plain text',
};

export const scenes = {
  'file-dark-1400': { width: 1400, height: 300, scene: { file: { folder: 'prompts' } } },
  'file-dark-520-elsewhere': { width: 520, height: 300, scene: { elsewhere: other } },
  'file-light-1400-elsewhere': {
    theme: 'light',
    width: 1400,
    height: 300,
    scene: {
      file: { folder: 'prompts', reading: 'conversation' },
      elsewhere: other,
      outdated: { probabilities: 'text' },
    },
  },
  'file-light-520-long': {
    theme: 'light',
    width: 520,
    height: 300,
    scene: { file: long, elsewhere: other, outdated: { probabilities: 'choice' } },
  },
  'file-hc-520-picture': {
    theme: 'hc',
    width: 520,
    height: 300,
    scene: { file: { reading: 'Prompty' }, elsewhere: { name: 'photo.png', showable: false } },
  },
  'file-dark-360': { width: 360, height: 300, scene: { file: long, elsewhere: other } },
  'file-hc-1400-none': { theme: 'hc', width: 1400, height: 300, scene: { title: null, view: { kind: 'empty' } } },
};
