/** A request of Copy as Command Line where nothing was chosen. */
import type { CommandLineRequest } from '../../../src/host/commandLine';
import { initialIntent, nothingSelected } from '../../../src/host/session/panelDefaults';

export const nothingChosen: CommandLineRequest = {
  program: ['prompt-lens'],
  file: { path: 'a.txt' },
  format: 'raw',
  rows: false,
  intent: initialIntent,
  selection: nothingSelected,
  units: [],
  engine: { model: null, provider: 'auto', precision: 'exact', threads: 0 },
  top: 10,
  second: null,
  plan: null,
  others: [],
  axis: null,
  variables: {},
  continueLast: false,
  blocks: 30,
};
