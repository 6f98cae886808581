/**
 * The running extension: the engine, the session that follows the active prompt, its panel, and panels torn off from it. Commands and
 * editor features depend only on this object. Nothing here acts on another file than the one the user is in.
 */
import * as vscode from 'vscode';
import type { Analysis, Tab } from '../analysis/contracts';
import type { Intent } from '../analysis/panel';
import { ProblemError } from '../protocol/problem';
import { BusyContext } from './busyContext';
import { revealStatement, revealToken, revealTokens } from './editor/revealToken';
import { selectedRanges } from './editor/selectedRanges';
import { systemClock } from './engine/clock';
import type { EngineStatus, EngineSupervisor } from './engine/supervisor';
import { inFront, isOpenInTab } from './front';
import { contextKeys, viewTypes } from './ids';
import { LensPanel, webviewOptions } from './panel/lensPanel';
import { rememberedPin, rememberPin } from './panel/pins';
import { filesRead } from './panel/writeFile';
import { isPromptDocument, openDocument, openPrompts } from './promptDocuments';
import { PromptTracker } from './promptTracker';
import { Quiet } from './quiet';
import { followFiles } from './renamedFiles';
import { Room } from './room';
import { isTable } from './session/embeddedTexts';
import { FileMemory } from './session/fileMemory';
import { KeptAnswers } from './session/keptAnswers';
import { LensSession } from './session/lensSession';
import { tintedAs } from './session/panelDefaults';
import { explains } from './session/wanted';
import { readSettings, type Settings } from './settings';
import { say, translateProblem } from './translate';
import { TypedVariables } from './typedVariables';
import { Whereabouts } from './whereabouts';

/** A session with the panel that shows it and the tracker that feeds it. */
export interface View {
  session: LensSession;
  tracker: PromptTracker;
  panel: LensPanel | null;
  /** The text last chosen as patching's second prompt, and the file it came from. */
  second: { text: string; uri: string | null } | null;
}

export class Lens implements vscode.Disposable {
  settings: Settings = readSettings();
  /** The view that follows the active prompt; it lives as long as the window, with or without its panel. */
  readonly main: View;
  readonly variables: TypedVariables;
  private readonly memory: FileMemory;
  private readonly answers = new KeptAnswers();
  private readonly pinned = new Set<View>();
  private active: View;
  private readonly room = new Room();
  /** Documents without a prompt format that the user asked to see: from then on they are followed like prompts. */
  private readonly askedFor = new WeakSet<vscode.TextDocument>();
  readonly whereabouts = new Whereabouts(
    () => this.views(),
    () => this.main,
  );
  private readonly busy = new BusyContext();
  /** Tints stay on without a panel once the user has asked for them. */
  private tintsAsked = false;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when anything that the editor shows may have changed. */
  readonly onDidChange = this.changed.event;
  private readonly quiet = new Quiet((document) => this.viewShowing(document) !== undefined);
  /** As `onDidChange`, but not while the user types. */
  readonly onDidSettle = this.quiet.onDidSettle;
  private readonly disposables: vscode.Disposable[] = [this.changed, this.quiet];

  constructor(
    readonly context: vscode.ExtensionContext,
    readonly engine: EngineSupervisor,
    readonly log: vscode.LogOutputChannel,
  ) {
    this.variables = new TypedVariables(context.workspaceState);
    this.memory = new FileMemory(context.workspaceState);
    this.main = this.newView();
    this.active = this.main;
    this.disposables.push(
      this.onDidChange(this.quiet.changed),
      this.whereabouts,
      this.variables,
      followFiles(this.memory),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        this.room.make(this.main.panel?.panel, editor);
        this.follow(editor);
      }),
      // Another language mode reopens the document, and may make it a prompt.
      vscode.workspace.onDidOpenTextDocument((document) => {
        const editor = vscode.window.activeTextEditor;
        if (editor?.document === document) this.follow(editor);
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('promptLens')) this.settingsChanged();
      }),
      vscode.window.onDidChangeActiveColorTheme(() => {
        for (const view of this.views()) view.panel?.themeChanged();
      }),
    );
  }

  /** The view that the user works with: that of the panel that was active last, or else the one that follows. */
  get current(): View {
    return this.active;
  }

  views(): View[] {
    return [this.main, ...this.pinned];
  }

  /** The view whose result on screen belongs to this document; the following view comes first. */
  viewOf(document: vscode.TextDocument, analysis: Analysis = 'probabilities'): View | null {
    const uri = document.uri.toString();
    return this.views().find((view) => view.session.originOf(analysis)?.uri === uri) ?? null;
  }

  get tintsShown(): boolean {
    return this.settings.tints && (this.tintsAsked || this.main.panel?.panel.visible === true);
  }

  /** Called at the user's request, so that tints appear even when no panel is open. */
  askForTints(): void {
    this.tintsAsked = true;
    this.follow(vscode.window.activeTextEditor);
    this.look();
  }

  /**
   * Shows what the user is in, with this tab in front, in the panel that follows (created if needed) or in the panel that has the focus. A
   * text without a prompt format is shown as plain text. With a `tab`, a selection under the lens stays there; without one, the whole text
   * is shown again. `asker`: the argument that the command was run with (see front.ts).
   * @throws ProblemError `notText` for a file that is open in another way, `noTextEditor` where another text stays on show.
   */
  openPanel(tab?: Tab, asker?: unknown): View {
    const front = inFront(this.views(), asker);
    if (front.kind === 'file') throw new ProblemError('notText', [front.name]);
    if (front.kind === 'panel') {
      if (tab) front.view.panel?.showTab(tab);
      return front.view;
    }
    if (front.kind === 'text') this.show(front.document, tab !== undefined);
    const { source } = this.main.session;
    const view = this.reveal(tab ?? (source && isTable(source) ? 'embeddings' : undefined));
    if (front.kind === 'none' && front.name !== null && source)
      throw new ProblemError('noTextEditor', [front.name, source.title]);
    return view;
  }

  /** Shows a text that the user asked about, in the panel that follows. */
  bring(document: vscode.TextDocument): View {
    this.show(document, false);
    return this.reveal();
  }

  /** Brings the panel of a view to where the user sees it. */
  uncover(view: View): void {
    if (!view.panel) this.reveal();
    else if (!view.panel.panel.visible) view.panel.panel.reveal(undefined, true);
  }

  /** Replaces the text on show with the one that the user was in before the focus went into the panel. */
  showBehind(): void {
    const { text } = this.whereabouts;
    if (text) this.bring(text);
  }

  /** Shows the text of this view as plain text, whatever its format. */
  showAsItStands({ tracker }: View): void {
    if (tracker.shown) tracker.show(tracker.shown, null, true);
    this.look();
  }

  /** Changes the intent and computes the analyses that the change makes due. */
  change(view: View, intent: Partial<Intent>): void {
    view.session.setIntent({ ...view.session.state.intent, ...intent }, 'host');
    this.look();
  }

  /** Puts part of any document under the lens, in the panel that follows. */
  explain(document: vscode.TextDocument, range: [number, number]): void {
    this.main.tracker.show(document, range);
    this.reveal();
  }

  /** Shows a text that the user asked for; a selection of it that is under the lens may stay. */
  private show(document: vscode.TextDocument, keepSelection: boolean): void {
    this.askedFor.add(document);
    rememberPin(this.context, viewTypes.following, { uri: document.uri.toString(), range: null });
    if (!keepSelection || document !== this.main.tracker.shown) this.main.tracker.show(document, null);
  }

  /** Shows the text that the user had asked for before a reload, if it is still open. */
  private async showAskedFor(): Promise<void> {
    const pin = rememberedPin(this.context, viewTypes.following);
    const document = pin && (await openDocument(pin.uri));
    if (document && isOpenInTab(document) && !this.main.session.source) this.show(document, false);
  }

  /** The view of the panel that the user works with, if it shows the document, or else another one that does. */
  viewShowing(document: vscode.TextDocument): View | undefined {
    return [this.active, ...this.views()].find(({ tracker }) => tracker.shown === document);
  }

  /** Opens the current tab in a separate panel that stays with its prompt. */
  tearOff(from: View): void {
    const { session, tracker } = from;
    const document = tracker.shown;
    if (!document || !session.source) throw new ProblemError('noPrompt');
    const title = `${session.source.title} · ${vscode.l10n.t('pinned')}`;
    // The new panel opens beside the one it comes from, so that it covers neither the panel nor the prompt.
    const column = (from.panel?.panel.viewColumn ?? vscode.ViewColumn.One) + 1;
    const panel = this.createWebview(viewTypes.pinned, title, column);
    rememberPin(this.context, title, { uri: document.uri.toString(), range: tracker.pinnedRange });
    const view = this.pin(panel, session.state.intent);
    view.session.setUnits(session.units);
    view.tracker.show(document, tracker.pinnedRange, tracker.asItStands);
    this.look();
  }

  /** Restores a panel from before a reload. */
  async restore(panel: vscode.WebviewPanel): Promise<void> {
    if (panel.viewType === viewTypes.following) {
      this.main.panel?.panel.dispose();
      this.attach(this.main, panel);
      this.room.opening(1);
      this.followSomething();
      if (!this.main.session.source) await this.showAskedFor();
    } else {
      const pin = rememberedPin(this.context, panel.title);
      const view = this.pin(panel);
      const document = pin && (await openDocument(pin.uri));
      if (document) view.tracker.show(document, pin.range);
      else view.session.lose(new ProblemError('promptClosed', [panel.title]));
    }
    this.look();
  }

  engineChanged(status: EngineStatus): void {
    for (const { session } of this.views()) session.engineChanged(status);
    this.changed.fire();
  }

  dispose(): void {
    for (const view of this.views()) {
      view.tracker.dispose();
      view.session.dispose();
    }
    this.engine.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private reveal(tab?: Tab): View {
    const { main } = this;
    if (main.panel) {
      if (!main.panel.panel.visible) main.panel.panel.reveal(undefined, true);
    } else {
      this.room.opening(0);
      this.attach(main, this.createWebview(viewTypes.following, 'Prompt Lens', vscode.ViewColumn.Beside));
    }
    this.active = main;
    if (!main.session.source) this.followSomething();
    if (tab) main.panel?.showTab(tab);
    this.look();
    return main;
  }

  private newView(intent: Intent = tintedAs(this.settings.tintKind)): View {
    const options = { live: this.settings.live, delayMs: this.settings.liveDelayMs };
    const parts = {
      ...{ engine: this.engine, clock: systemClock, options, intent },
      ...{ memory: this.memory, answers: this.answers },
      ...{ translate: translateProblem, say, maxTokens: () => this.settings.maxTokens },
      openPrompts: () => openPrompts((uri) => this.variables.of(uri)),
    };
    const session = new LensSession({ ...parts, onTargetLost: sayTargetLost });
    const tracker = new PromptTracker(session, this.variables, (uri) => this.memory.forget(uri));
    const view: View = { session, tracker, panel: null, second: null };
    session.onDidChange((changes) => {
      if (changes.selection || changes.intent || changes.baseline !== undefined) this.updateContext();
      if (changes.title !== undefined) this.whereabouts.update();
      this.busy.update(this.views().map((each) => each.session.state));
      this.changed.fire();
    });
    return view;
  }

  private pin(panel: vscode.WebviewPanel, intent?: Intent): View {
    const view = this.newView(intent);
    this.pinned.add(view);
    this.attach(view, panel);
    this.active = view;
    return view;
  }

  private createWebview(viewType: string, title: string, column: vscode.ViewColumn): vscode.WebviewPanel {
    const show = { viewColumn: column, preserveFocus: true };
    return vscode.window.createWebviewPanel(viewType, title, show, {
      ...webviewOptions(this.context.extensionUri),
      retainContextWhenHidden: false,
    });
  }

  private attach(view: View, panel: vscode.WebviewPanel): void {
    view.panel = new LensPanel({
      panel,
      view,
      session: view.session,
      engine: this.engine,
      extension: this.context.extension,
      maxTokens: () => this.settings.maxTokens,
      typingLeft: this.quiet.left,
      read: () => filesRead(view.session, view.second?.uri ?? null),
      onActive: () => {
        this.active = view;
        this.whereabouts.update();
        this.updateContext();
      },
      onLook: () => this.look(),
      onVariable: (uri, name, value) => this.variables.set(uri, name, value),
      onReveal: (position) => void revealToken(view.session, position),
      onRevealAll: (positions) => void revealTokens(view.session, positions),
      onRevealStatement: (range) => void revealStatement(view.session, range),
      selected: () => selectedRanges(view.session),
      onDispose: () => this.closed(view),
    });
    this.updateContext();
  }

  private closed(view: View): void {
    view.panel = null;
    if (this.active === view) this.active = this.main;
    if (this.pinned.delete(view)) {
      view.tracker.dispose();
      view.session.dispose();
    }
    this.updateContext();
    this.look();
  }

  private follow(editor: vscode.TextEditor | undefined): void {
    if (!editor || !this.follows(editor.document)) return;
    if (!this.main.panel && !this.tintsAsked) return;
    if (editor.document !== this.main.tracker.shown) this.main.tracker.show(editor.document, null);
  }

  private follows(document: vscode.TextDocument): boolean {
    return isPromptDocument(document) || this.askedFor.has(document);
  }

  /** Follows the active editor, or else any visible prompt: while a panel has the focus, no editor is active. */
  private followSomething(): void {
    const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
    this.follow(editors.find((editor) => editor && this.follows(editor.document)));
  }

  /** Recomputes which view needs which analyses. */
  private look(): void {
    for (const view of this.views()) {
      const wanted: Analysis[] = view.panel?.wanted ?? [];
      const { tab } = view.session.state.intent;
      if (wanted.includes('probabilities')) view.session.setWanted(wanted);
      // Probabilities come before an explanation: they are fast, and the text, the code lens and the chips show them beside it.
      else if (view.panel?.panel.visible && explains(tab)) view.session.setWanted(['probabilities', ...wanted]);
      else view.session.setWanted(view === this.main && this.tintsShown ? [...wanted, 'probabilities'] : wanted);
    }
    this.changed.fire();
  }

  private settingsChanged(): void {
    const before = this.settings;
    this.settings = readSettings();
    const options = { live: this.settings.live, delayMs: this.settings.liveDelayMs };
    for (const { session } of this.views()) session.setOptions(options);
    if (before.tintKind !== this.settings.tintKind)
      for (const { session } of this.views())
        session.setIntent(tintedAs(this.settings.tintKind, session.state.intent), 'host');
    const engineChanged = JSON.stringify(before.engine) !== JSON.stringify(this.settings.engine);
    // The engine's status tells the sessions of the new model, or of its refusal.
    if (engineChanged && this.engine.status.kind !== 'stopped') this.engine.load().catch(() => {});
    this.look();
  }

  private updateContext(): void {
    const { session } = this.active;
    const set = (key: string, value: boolean) => void vscode.commands.executeCommand('setContext', key, value);
    set(contextKeys.panelOpen, this.main.panel !== null);
    set(contextKeys.locked, session.state.selection.locked !== null);
    set(contextKeys.baseline, session.state.baseline !== null);
    set(contextKeys.target, Object.keys(session.state.intent.target).length > 0);
  }
}

function sayTargetLost(): void {
  const text = vscode.l10n.t(
    'The edit changed the words that were the target; the likeliest next token is explained now.',
  );
  void vscode.window.showInformationMessage(`Prompt Lens: ${text}`);
}
