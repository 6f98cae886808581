/**
 * Every id that the extension and package.json share: commands, settings, context keys, view types, colours. A unit test compares the two
 * lists, so that each id exists in both. Leaf of the host: imports nothing.
 */

export const extensionPrefix = 'promptLens';

export const commandIds = {
  openPanel: 'promptLens.openPanel',
  focusPanel: 'promptLens.focusPanel',
  goToFile: 'promptLens.goToFile',
  showAsText: 'promptLens.showAsText',
  showProbabilities: 'promptLens.showProbabilities',
  showAttention: 'promptLens.showAttention',
  whyThisAnswer: 'promptLens.whyThisAnswer',
  showLayers: 'promptLens.showLayers',
  showPatching: 'promptLens.showPatching',
  showEmbeddings: 'promptLens.showEmbeddings',
  showWhereWordLies: 'promptLens.showWhereWordLies',
  explainSelection: 'promptLens.explainSelection',
  generate: 'promptLens.generate',
  run: 'promptLens.run',
  cancel: 'promptLens.cancel',
  pinBaseline: 'promptLens.pinBaseline',
  compareWithLastCommit: 'promptLens.compareWithLastCommit',
  compareWithFile: 'promptLens.compareWithFile',
  clearBaseline: 'promptLens.clearBaseline',
  toggleTints: 'promptLens.toggleTints',
  toggleLive: 'promptLens.toggleLive',
  chooseModel: 'promptLens.chooseModel',
  chooseProvider: 'promptLens.chooseProvider',
  restartEngine: 'promptLens.restartEngine',
  showLog: 'promptLens.showLog',
  copyCommandLine: 'promptLens.copyCommandLine',
  openExample: 'promptLens.openExample',
  openSettings: 'promptLens.openSettings',
  lookUpToken: 'promptLens.lookUpToken',
  showModelInformation: 'promptLens.showModelInformation',
  lockToken: 'promptLens.lockToken',
  unlockToken: 'promptLens.unlockToken',
  tearOff: 'promptLens.tearOff',
  installCuda: 'promptLens.installCuda',
  statusMenu: 'promptLens.statusMenu',
  setVariable: 'promptLens.setVariable',
  setTarget: 'promptLens.setTarget',
  targetFromSelection: 'promptLens.targetFromSelection',
  clearTarget: 'promptLens.clearTarget',
  toggleSaliencyInEditor: 'promptLens.toggleSaliencyInEditor',
  choosePatchFile: 'promptLens.choosePatchFile',
  showLieDetector: 'promptLens.showLieDetector',
  trainProbe: 'promptLens.trainProbe',
  chooseProbe: 'promptLens.chooseProbe',
  clearCompiledGraphs: 'promptLens.clearCompiledGraphs',
} as const;

export type CommandId = (typeof commandIds)[keyof typeof commandIds];

export const settingIds = {
  model: 'promptLens.model',
  provider: 'promptLens.provider',
  precision: 'promptLens.precision',
  threads: 'promptLens.threads',
  compiledGraphsLimit: 'promptLens.compiledGraphsLimit',
  liveEnabled: 'promptLens.live.enabled',
  liveDelayMs: 'promptLens.live.delayMs',
  tintsEnabled: 'promptLens.tints.enabled',
  tintsKind: 'promptLens.tints.kind',
  nextTokenInlay: 'promptLens.nextToken.inlay',
  codeLens: 'promptLens.codeLens',
  alternatives: 'promptLens.alternatives',
  maxTokens: 'promptLens.generation.maxTokens',
  followCursor: 'promptLens.followCursor',
  openOnStart: 'promptLens.openOnStart',
} as const;

/** Keys of `when` clauses; only the host sets them. */
export const contextKeys = {
  panelOpen: 'promptLens.panelOpen',
  locked: 'promptLens.locked',
  baseline: 'promptLens.baseline',
  target: 'promptLens.target',
  cudaOffered: 'promptLens.cudaOffered',
  busy: 'promptLens.busy',
  /** Lists of paths: the files that panels show, and JSON files that hold a conversation. */
  shown: 'promptLens.shown',
  chats: 'promptLens.chats',
} as const;

/** The panel that follows the active prompt, and panels torn off from it. */
export const viewTypes = { following: 'promptLens.panel', pinned: 'promptLens.pinnedPanel' } as const;

/** The editor of saved runs. */
export const savedRunEditor = 'promptLens.savedRun';

export const colorIds = {
  heat: ['promptLens.heat1', 'promptLens.heat2', 'promptLens.heat3', 'promptLens.heat4', 'promptLens.heat5'],
  rankRule: 'promptLens.rankRule',
  overview: 'promptLens.overviewRuler',
  supports: ['promptLens.supports1', 'promptLens.supports2', 'promptLens.supports3', 'promptLens.supports4'],
  supportsRule: 'promptLens.supportsRule',
  against: ['promptLens.against1', 'promptLens.against2', 'promptLens.against3', 'promptLens.against4'],
  againstRule: 'promptLens.againstRule',
} as const;

/** Scheme of the read-only pages that the host writes (model information). */
export const documentScheme = 'prompt-lens';
