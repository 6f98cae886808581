/**
 * Wiring only: it creates and disposes the parts. Only this bundle is loaded at the start; the engine is a separate file that is forked at
 * the first question.
 */
import * as vscode from 'vscode';
import { forkEngine } from './client/engineProcess';
import { cudaOffered } from './host/commands/installCuda';
import { registerCommands } from './host/commands/registerCommands';
import { modelInformation } from './host/commands/showModelInformation';
import { followCursor } from './host/editor/cursorSelection';
import { Decorations } from './host/editor/decorations';
import { TokenHover } from './host/editor/hover';
import { NextTokenInlay } from './host/editor/nextTokenInlay';
import { PromptCodeLens } from './host/editor/promptCodeLens';
import { PromptProblems } from './host/editor/promptProblems';
import { SaliencyDecorations } from './host/editor/saliencyDecorations';
import { StatusItem } from './host/editor/statusItem';
import { systemClock } from './host/engine/clock';
import { reportCrash, reportModelChanged } from './host/engine/crashMessage';
import { EngineSupervisor } from './host/engine/supervisor';
import { contextKeys, documentScheme, viewTypes } from './host/ids';
import { registerLanguageModelTools } from './host/languageModelTools';
import { Lens } from './host/lens';
import { openOnStart } from './host/openOnStart';
import { registerSavedRuns } from './host/savedRun/savedRunEditor';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Prompt Lens', { log: true });
  const entry = vscode.Uri.joinPath(context.extensionUri, 'dist', 'engine.js').fsPath;
  const supervisor = new EngineSupervisor({
    fork: () => forkEngine(entry, (line) => log.info(line), process.env, true),
    options: () => lens.settings.engine,
    clock: systemClock,
    log: (line) => log.info(line),
    onStatus: (status) => lens.engineChanged(status),
    onCrash: reportCrash,
    onModelChanged: reportModelChanged,
  });
  const lens = new Lens(context, supervisor, log);
  const everywhere: vscode.DocumentSelector = { pattern: '**' };
  const serializer: vscode.WebviewPanelSerializer = { deserializeWebviewPanel: (panel) => lens.restore(panel) };
  void vscode.commands.executeCommand('setContext', contextKeys.cudaOffered, cudaOffered());
  context.subscriptions.push(
    log,
    lens,
    registerCommands(lens),
    new Decorations(lens),
    new SaliencyDecorations(lens),
    new PromptProblems(lens),
    new StatusItem(lens),
    followCursor(lens),
    openOnStart(lens),
    registerSavedRuns(context),
    registerLanguageModelTools(context, supervisor),
    vscode.languages.registerHoverProvider(everywhere, new TokenHover(lens)),
    vscode.languages.registerCodeLensProvider(everywhere, new PromptCodeLens(lens)),
    vscode.languages.registerInlayHintsProvider(everywhere, new NextTokenInlay(lens)),
    vscode.window.registerWebviewPanelSerializer(viewTypes.following, serializer),
    vscode.window.registerWebviewPanelSerializer(viewTypes.pinned, serializer),
    vscode.workspace.registerTextDocumentContentProvider(documentScheme, {
      provideTextDocumentContent: () =>
        supervisor.status.kind === 'ready' ? modelInformation(supervisor.status.loaded) : '',
    }),
  );
}
