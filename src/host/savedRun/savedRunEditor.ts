/**
 * The editor of `*.lens.json`: the page with a recorded state, without an engine. It answers from the file what the page asks, and refuses
 * in one sentence what would have to be computed. The text beside the file is watched, so that the page can say that it has moved on.
 */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { PanelHostApi, PanelPageApi, PanelState } from '../../analysis/panel';
import type { SavedRun } from '../../client/savedRun';
import { Channel } from '../../protocol/channel';
import { type Clause, clause } from '../../protocol/clauses';
import { failures, ProblemError } from '../../protocol/problem';
import { commandIds, savedRunEditor } from '../ids';
import { exportBytes, exportFile } from '../panel/exportFile';
import { webviewOptions } from '../panel/lensPanel';
import { pagePort } from '../panel/pagePort';
import { newNonce, panelHtml } from '../panel/panelHtml';
import { pageStrings, sayProblem, translateProblem } from '../translate';
import { openTextsAsRuns } from './openTextsAsRuns';
import { readRun } from './readRun';
import { answerKey } from './recordedAnswers';
import { stateOfRun } from './runOfState';

interface RunDocument extends vscode.CustomDocument {
  bytes: Uint8Array;
  /** A problem where the file is not a run that can be shown. */
  run: SavedRun | ProblemError;
}

export function registerSavedRuns(context: vscode.ExtensionContext): vscode.Disposable {
  const provider = new SavedRunEditor(context.extensionUri);
  return vscode.Disposable.from(
    vscode.window.registerCustomEditorProvider(savedRunEditor, provider, { supportsMultipleEditorsPerDocument: true }),
    openTextsAsRuns(context.workspaceState),
  );
}

class SavedRunEditor implements vscode.CustomReadonlyEditorProvider<RunDocument> {
  constructor(private readonly extensionUri: vscode.Uri) {}

  async openCustomDocument(uri: vscode.Uri): Promise<RunDocument> {
    const bytes = await vscode.workspace.fs.readFile(uri);
    return { uri, bytes, run: readOrProblem(new TextDecoder().decode(bytes), basename(uri.path)), dispose() {} };
  }

  resolveCustomEditor({ uri, bytes, run }: RunDocument, panel: vscode.WebviewPanel): void {
    panel.webview.options = webviewOptions(this.extensionUri);
    if (run instanceof ProblemError) {
      panel.webview.options = {};
      panel.webview.html = refusal(sayProblem(run.problem));
      return;
    }
    const answers = new Map(run.answers.map(({ method, params, result }) => [answerKey(method, params), result]));
    const source = vscode.Uri.joinPath(uri, '..', basename(run.text.name) || '-');
    let moved = false;
    let page: Page | null = null;
    const connect = () => {
      const port = pagePort(panel.webview);
      const channel = new Channel<PanelPageApi, PanelHostApi>(port, failures);
      channel.handle(handlers(run, answers, bytes, uri, source, () => moved));
      page = { channel, close: port.close };
    };
    const disconnect = () => {
      page?.close(clause('panelHidden'));
      page = null;
    };
    connect();
    const look = async () => {
      const before = moved;
      moved = await hasMoved(source, run.text.content);
      const recorded: PanelState['recorded'] = { saved: run.saved, moved };
      if (moved !== before) page?.channel.notify('didChangeState', { recorded });
    };
    const watching = watch(source, () => void look());
    // The page of a hidden tab is destroyed; its successor asks anew.
    panel.onDidChangeViewState(() => {
      if (!panel.visible) disconnect();
      else if (!page) connect();
    });
    panel.onDidDispose(() => {
      watching.dispose();
      disconnect();
    });
    const name = (file: string) =>
      panel.webview.asWebviewUri(vscode.Uri.joinPath(this.extensionUri, 'dist', file)).toString();
    const parts = { script: name('panel.js'), style: name('panel-style.css'), language: vscode.env.language };
    panel.webview.html = panelHtml({ cspSource: panel.webview.cspSource, ...parts }, newNonce());
    void look();
  }
}

interface Page {
  channel: Channel<PanelPageApi, PanelHostApi>;
  close(reason: Clause): void;
}

/** Tells of every change of a text, in an editor or on the disk. */
function watch(source: vscode.Uri, changed: () => void): vscode.Disposable {
  const typed = vscode.workspace.onDidChangeTextDocument(({ document }) => {
    if (document.uri.toString() === source.toString()) changed();
  });
  const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(source, '..'), basename(source.path));
  const onDisk = vscode.workspace.createFileSystemWatcher(pattern);
  for (const event of [onDisk.onDidChange, onDisk.onDidCreate, onDisk.onDidDelete]) event(changed);
  return vscode.Disposable.from(typed, onDisk);
}

function readOrProblem(text: string, name: string): SavedRun | ProblemError {
  try {
    return readRun(text, name);
  } catch (error) {
    return ProblemError.wrap(error);
  }
}

type Handlers = Parameters<Channel<PanelPageApi, PanelHostApi>['handle']>[0];

function handlers(
  run: SavedRun,
  answers: ReadonlyMap<string, unknown>,
  bytes: Uint8Array,
  uri: vscode.Uri,
  source: vscode.Uri,
  moved: () => boolean,
): Handlers {
  const told = <M extends keyof PanelHostApi['requests']>(method: M) => {
    return async (params: unknown) => {
      const key = answerKey(method, params);
      if (!answers.has(key)) throw translated(new ProblemError('recordedOnly'));
      return answers.get(key) as PanelHostApi['requests'][M]['result'];
    };
  };
  return {
    ready: () => ({ state: stateOfRun(run, moved()), strings: pageStrings(), language: vscode.env.language }),
    attentionHeads: told('attentionHeads'),
    attentionBetween: told('attentionBetween'),
    logitLens: told('logitLens'),
    embeddingLayers: told('embeddingLayers'),
    neighbours: told('neighbours'),
    truthDirection: told('truthDirection'),
    follow: told('follow'),
    vocabulary: told('vocabulary'),
    generate: told('generate'),
    provenance: async ({ analysis }) => {
      const found = run.provenance[analysis];
      if (!found) throw translated(new ProblemError('recordedOnly'));
      return { ...found, date: run.saved };
    },
    action: async ({ action }) => {
      if (action === 'goToFile') await vscode.commands.executeCommand('vscode.open', source);
      else if (action === 'openSettings') await vscode.commands.executeCommand(commandIds.openSettings);
      else throw translated(new ProblemError('recordedOnly'));
      return null;
    },
    export: async (file) => {
      const content = () => (file.format === 'lens' ? bytes : exportBytes(file));
      return { saved: await exportFile(file, content, uri.toString(), [uri, source]).catch(failed) };
    },
  };
}

const translated = (error: ProblemError) => ProblemError.from(translateProblem(error.problem));
const failed = (error: unknown): never => {
  throw translated(ProblemError.wrap(error));
};

/** False where the text is not beside the run any more, or was not known when it was saved. */
async function hasMoved(source: vscode.Uri, content: string | null): Promise<boolean> {
  if (content === null) return false;
  const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === source.toString());
  const now = open?.getText() ?? (await readText(source));
  return now !== null && withoutReturns(now) !== withoutReturns(content);
}

const withoutReturns = (text: string) => text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');

async function readText(uri: vscode.Uri): Promise<string | null> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return null;
  }
}

/** One sentence, without a script. */
function refusal(sentence: string): string {
  const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  const escaped = sentence.replace(/[&<>"]/g, (character) => named[character]);
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'">`;
  return `<!DOCTYPE html><html lang="${vscode.env.language}"><head><meta charset="UTF-8">${policy}</head><body><p>${escaped}</p></body></html>`;
}
