/**
 * One webview panel and the session it shows. The page is rebuilt whenever it becomes visible and destroyed when hidden, so the session
 * pushes everything that the page shows; a hidden panel requests no computation.
 */
import * as vscode from 'vscode';
import type { Analysis, Tab } from '../../analysis/contracts';
import type { PanelAction, PanelChange, PanelHostApi, PanelPageApi } from '../../analysis/panel';
import { writtenRun } from '../../client/savedRun';
import { Channel } from '../../protocol/channel';
import { type Clause, clause } from '../../protocol/clauses';
import type { Range } from '../../protocol/model';
import { failures, ProblemError } from '../../protocol/problem';
import { goToTokens } from '../editor/revealToken';
import { systemClock } from '../engine/clock';
import { type CommandId, commandIds, viewTypes } from '../ids';
import { RecordedAnswers } from '../savedRun/recordedAnswers';
import { runOfState } from '../savedRun/runOfState';
import type { SessionEngine } from '../session/analyses';
import { askLayers, askNeighbours } from '../session/embeddingsAnalysis';
import type { LensSession } from '../session/lensSession';
import { initialIntent } from '../session/panelDefaults';
import { restoredIntent } from '../session/restoredIntent';
import { shownData } from '../session/shownState';
import { wantedBy } from '../session/wanted';
import { pageStrings, translateProblem } from '../translate';
import { exportBytes, exportFile } from './exportFile';
import { Outbox } from './outbox';
import { pagePort } from './pagePort';
import { newNonce, panelHtml } from './panelHtml';
import { judges, probeDigest, provenanceOf } from './provenance';

export interface PanelParts {
  panel: vscode.WebviewPanel;
  /** The object that the panel's actions are about: the asker of their commands. */
  view: object;
  session: LensSession;
  engine: SessionEngine;
  extension: Pick<vscode.Extension<unknown>, 'extensionUri' | 'packageJSON'>;
  maxTokens: () => number;
  /** Milliseconds until typing has paused. */
  typingLeft: () => number;
  /** Files that no export may overwrite. */
  read: () => vscode.Uri[];
  /** Called when this panel becomes the one that the user works with. */
  onActive: () => void;
  /** Called when the panel changes what it shows: another tab, or it was hidden or shown. */
  onLook: () => void;
  /** Gives a variable of a document a value; null takes it back. */
  onVariable: (uri: string, name: string, value: string | null) => void;
  onReveal: (position: number) => void;
  onRevealAll: (positions: number[]) => void;
  onRevealStatement: (range: Range) => void;
  /** UTF-16 ranges of the prompt's file that are selected in its editor. */
  selected: () => Range[];
  onDispose: () => void;
}

const actionCommands: Record<PanelAction, CommandId> = {
  openExample: commandIds.openExample,
  goToFile: commandIds.goToFile,
  openPanel: commandIds.openPanel,
  showAsText: commandIds.showAsText,
  explainSelection: commandIds.explainSelection,
  run: commandIds.run,
  cancel: commandIds.cancel,
  restartEngine: commandIds.restartEngine,
  showLog: commandIds.showLog,
  openSettings: commandIds.openSettings,
  pinBaseline: commandIds.pinBaseline,
  compareWithFile: commandIds.compareWithFile,
  clearBaseline: commandIds.clearBaseline,
  tearOff: commandIds.tearOff,
  chooseModel: commandIds.chooseModel,
  copyCommandLine: commandIds.copyCommandLine,
  askTarget: commandIds.setTarget,
  targetFromSelection: commandIds.targetFromSelection,
  clearTarget: commandIds.clearTarget,
  toggleSaliencyInEditor: commandIds.toggleSaliencyInEditor,
  toggleLive: commandIds.toggleLive,
  choosePatchFile: commandIds.choosePatchFile,
  chooseProbe: commandIds.chooseProbe,
  trainProbe: commandIds.trainProbe,
  showEmbeddings: commandIds.showEmbeddings,
};

type PageChannel = Channel<PanelPageApi, PanelHostApi>;

interface Page {
  channel: PageChannel;
  close(reason: Clause): void;
  /** The page has the state, and is told of every change. */
  ready: boolean;
}

export class LensPanel implements vscode.Disposable {
  private page: Page | null = null;
  private adopted = false;
  private generation: (() => void) | null = null;
  private readonly subscriptions: (() => void)[] = [];
  private readonly kept = new RecordedAnswers();
  private readonly outbox: Outbox;

  constructor(private readonly parts: PanelParts) {
    const { panel, session, typingLeft } = parts;
    this.outbox = new Outbox({
      post: (change) => this.page?.channel.notify('didChangeState', change),
      typingLeft,
      clock: systemClock,
    });
    panel.webview.options = webviewOptions(parts.extension.extensionUri);
    const icon = (theme: string) => vscode.Uri.joinPath(parts.extension.extensionUri, 'media', `lens-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    this.subscriptions.push(
      session.onDidChange((changes, by) => {
        if (changes.text !== undefined || changes.model) this.kept.clear();
        if (changes.title !== undefined) this.name(changes.title);
        this.push(changes, by);
      }),
    );
    this.name(session.state.title);
    panel.onDidChangeViewState(() => this.viewChanged());
    panel.onDidDispose(() => this.dispose());
    this.connect();
    panel.webview.html = this.html();
    if (panel.active) parts.onActive();
  }

  get session(): LensSession {
    return this.parts.session;
  }

  get panel(): vscode.WebviewPanel {
    return this.parts.panel;
  }

  /** The analyses that the visible tab needs; none while hidden. */
  get wanted(): Analysis[] {
    return this.parts.panel.visible ? wantedBy(this.session.state.intent) : [];
  }

  showTab(tab: Tab): void {
    // A returning page has a tab of its own, but the tab asked for here takes precedence.
    this.adopted = true;
    this.session.setIntent({ ...this.session.state.intent, tab }, 'host');
    this.parts.onLook();
  }

  /** Starts a continuation as the page's own button does; a page that is still being built starts it when it is ready. */
  generate(): void {
    if (this.page?.ready) this.page.channel.notify('didAskToGenerate', null);
    else this.generation = () => this.page?.channel.notify('didAskToGenerate', null);
  }

  /** Shows the figures that the code lens sums up; a page that is still being built begins at its top. */
  showFigures(): void {
    if (this.page?.ready) this.page.channel.notify('didAskForFigures', null);
  }

  /** Moves the keyboard focus into the page. */
  focus(): void {
    this.parts.panel.reveal(undefined, false);
    if (this.page?.ready) this.page.channel.notify('didAskToFocus', null);
  }

  themeChanged(): void {
    if (this.page?.ready) this.page.channel.notify('didChangeTheme', null);
  }

  dispose(): void {
    if (this.subscriptions.length === 0) return;
    for (const unsubscribe of this.subscriptions.splice(0)) unsubscribe();
    this.disconnect();
    this.parts.onDispose();
  }

  /** A torn-off panel is found again by its original title, so only the following panel is renamed. */
  private name(file: string | null): void {
    const { panel } = this.parts;
    if (panel.viewType === viewTypes.following) panel.title = file === null ? 'Prompt Lens' : `Prompt Lens · ${file}`;
  }

  private viewChanged(): void {
    const { panel } = this.parts;
    if (!panel.visible) this.disconnect();
    else if (!this.page) this.connect();
    if (panel.active) this.parts.onActive();
    this.parts.onLook();
  }

  private disconnect(): void {
    this.page?.close(clause('panelHidden'));
    this.page = null;
    this.outbox.drop();
  }

  private connect(): void {
    const port = pagePort(this.parts.panel.webview);
    const channel: PageChannel = new Channel(port, failures);
    const page: Page = { channel, close: port.close, ready: false };
    this.page = page;
    this.answer(channel, page);
    channel.on('setIntent', (change) => {
      const { intent } = this.session.state;
      const chosen = change.saliency?.by === 'selection' && intent.saliency.by !== 'selection';
      const before = this.wanted.join();
      this.session.setIntent({ ...intent, ...change }, 'page', chosen ? this.parts.selected() : undefined);
      const looksElsewhere = change.tab !== undefined && change.tab !== intent.tab;
      if (looksElsewhere || this.wanted.join() !== before) this.parts.onLook();
    });
    channel.on('select', (selection) => this.session.select(selection, 'page'));
    channel.on('continuation', (action) => this.session.continue(action));
    channel.on('setVariable', ({ uri, name, value }) => this.parts.onVariable(uri, name, value));
    channel.on('revealToken', ({ position }) => this.parts.onReveal(position));
    channel.on('revealTokens', ({ positions }) => this.parts.onRevealAll(positions));
    channel.on('goToTokens', ({ from, to }) => void goToTokens(this.session, from, to));
    channel.on('revealStatement', ({ range }) => this.parts.onRevealStatement(range));
  }

  private answer(channel: PageChannel, page: Page): void {
    const { session, engine } = this.parts;
    const handlers: Parameters<PageChannel['handle']>[0] = {
      ready: ({ intent }) => {
        const saved = this.adopted ? null : restoredIntent(intent, initialIntent);
        if (saved) session.adopt(saved);
        this.adopted = true;
        page.ready = true;
        this.parts.onLook();
        setTimeout(() => this.startGeneration(), 0);
        this.outbox.begin(session.state);
        return { state: session.state, strings: pageStrings(), language: vscode.env.language };
      },
      attentionHeads: (params, { signal }) =>
        translated(async () => {
          const { result } = await engine.request(
            'attentionHeads',
            { prompt: await session.input('attention'), heads: params.heads },
            { signal },
          );
          const tokens = Math.round(Math.sqrt(result.weights.length));
          return { weights: bytesOf(result.weights), winner: result.winner ? bytesOf(result.winner) : null, tokens };
        }),
      attentionBetween: (params, { signal }) =>
        translated(async () => {
          const prompt = await session.input('attention');
          const { result } = await engine.request('attentionBetween', { prompt, ...params }, { signal });
          return { weights: bytesOf(result.weights) };
        }),
      logitLens: (params, { signal }) =>
        translated(async () => {
          const request = { prompt: await session.input('layers'), target: session.state.intent.target, ...params };
          return (await engine.request('logitLens', request, { signal })).result;
        }),
      embeddingLayers: (params, { signal }) =>
        translated(() => askLayers(engine, shownData(session.state.embeddings), params, signal)),
      neighbours: (params, { signal }) =>
        translated(() => askNeighbours(engine, shownData(session.state.embeddings), params, signal)),
      generate: ({ options, text }, { signal, progress }) => {
        const maxTokens = Math.min(options.maxTokens, this.parts.maxTokens());
        const params = {
          prompt: { kind: 'raw' as const, file: null, text, pieces: [] },
          options: { ...options, maxTokens },
        };
        return translated(
          async () => (await engine.request('generate', params, { signal, onProgress: progress })).result,
        );
      },
      truthDirection: ({ layer }, { signal }) =>
        translated(() =>
          engine.request('truthDirection', { probe: session.state.intent.lie.probe, layer }, { signal }),
        ),
      follow: (params, { signal }) =>
        translated(async () =>
          engine.request('follow', { prompt: await session.input('probabilities'), ...params }, { signal }),
        ),
      vocabulary: (params, { signal }) => translated(() => engine.request('vocabulary', params, { signal })),
      action: async ({ action }) => {
        this.parts.onActive();
        const done = await vscode.commands.executeCommand<boolean>(actionCommands[action], this.parts.view);
        // The command has reported the reason; the page has nothing to confirm.
        if (done === false) throw new ProblemError('cancelled');
        return null;
      },
      provenance: async ({ analysis }) => {
        const { extensionUri, packageJSON } = this.parts.extension;
        const probe = await probeDigest(session.state, analysis, extensionUri.fsPath);
        return provenanceOf(session.state, analysis, { version: String(packageJSON.version), probe, now: new Date() });
      },
      export: (file) =>
        translated(async () => {
          const content = () => (file.format === 'lens' ? this.savedRun() : exportBytes(file));
          return { saved: await exportFile(file, content, session.source?.uri ?? null, this.parts.read()) };
        }),
    };
    channel.handle(this.kept.recording(handlers));
  }

  private async savedRun(): Promise<Uint8Array> {
    const { session, extension } = this.parts;
    const { state } = session;
    const now = new Date();
    const probe = await probeDigest(state, 'lie', extension.extensionUri.fsPath);
    const facts = { version: String(extension.packageJSON.version), now };
    const provenance = (analysis: Analysis) =>
      provenanceOf(state, analysis, { ...facts, probe: judges(analysis) ? probe : null });
    return writtenRun(runOfState(state, this.kept.all(), provenance, now), nextTurn);
  }

  private startGeneration(): void {
    this.generation?.();
    this.generation = null;
  }

  private push(change: PanelChange, by: 'host' | 'page'): void {
    // The page already shows its own changes.
    if (this.page?.ready && by === 'host') this.outbox.add(change);
  }

  private html(): string {
    const { webview } = this.parts.panel;
    const uri = (name: string) =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.parts.extension.extensionUri, 'dist', name)).toString();
    const parts = { cspSource: webview.cspSource, script: uri('panel.js'), style: uri('panel-style.css') };
    return panelHtml({ ...parts, language: vscode.env.language }, newNonce());
  }
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A restored panel comes with the options of its previous window. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  const roots = ['dist', 'media'].map((folder) => vscode.Uri.joinPath(extensionUri, folder));
  return { enableScripts: true, localResourceRoots: roots };
}

/** Copies only the array's own bytes: an array from the engine is a view into a whole message. */
function bytesOf(array: Float32Array | Uint8Array): ArrayBuffer {
  return array.slice().buffer as ArrayBuffer;
}

/** Translates a refusal into the user's language for the page. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw ProblemError.from(translateProblem(ProblemError.wrap(error).problem));
  }
}
