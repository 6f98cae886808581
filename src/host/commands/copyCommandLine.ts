/** Copies the command line that prints what the panel shows. */

import { createHash } from 'node:crypto';
import { env, platform } from 'node:process';
import * as vscode from 'vscode';
import type { Intent, PanelState } from '../../analysis/panel';
import { longPrompt } from '../../analysis/saliency/contract';
import type { PromptKind } from '../../document/formats';
import { promptKind } from '../../document/promptKind';
import type { PromptInput, Range } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { canContinue } from '../../protocol/promptEnd';
import { addressed } from '../addressed';
import { type CommandLineRequest, commandLine } from '../commandLine';
import { commandIds } from '../ids';
import type { Lens, View } from '../lens';
import { openPrompts } from '../promptDocuments';
import { candidatesPerToken } from '../session/analyses';
import { embeddedTexts, isTable, type OpenPrompt } from '../session/embeddedTexts';
import type { PromptSource } from '../session/promptSource';
import { shownData } from '../session/shownState';
import { type ReadText, shellOf } from '../shellLines';
import { programFor } from '../terminalProgram';
import type { Command } from './command';

/** Schemes whose paths the command line can open. */
const fileSchemes = new Set(['file', 'vscode-remote']);

export const copyCommandLine: Command = {
  id: commandIds.copyCommandLine,
  run: async (lens, asker) => {
    const view = addressed(lens, asker);
    const { source } = view.session;
    if (!source) throw new ProblemError('noPrompt');
    const request = await requestOf(lens, view, source);
    await vscode.env.clipboard.writeText(commandLine(request, shellOf(vscode.env.shell, platform)));
    // The message is not awaited: it stays until the user has read it.
    void vscode.window.showInformationMessage(copiedWords(request.file, documentOf(source.uri)));
  },
};

function copiedWords(file: ReadText, document: vscode.TextDocument | undefined): string {
  if ('text' in file) return vscode.l10n.t('Command line copied. It contains the text itself, because no file does.');
  return document?.isDirty
    ? vscode.l10n.t('Command line copied. Save the file before you run it: the command reads the file on the disk.')
    : vscode.l10n.t('Command line copied.');
}

async function requestOf(lens: Lens, view: View, source: PromptSource): Promise<CommandLineRequest> {
  const { state, units } = view.session;
  const { tab, embeddings, continueLast } = state.intent;
  const input = await read(source);
  const open = () => openPrompts((uri) => lens.variables.of(uri));
  const { extensionUri } = lens.context;
  const plan = tab === 'embeddings' && input ? await planOf(source, input, embeddings, open) : null;
  const others = plan?.source === 'open' ? (await open()).filter(({ uri }) => uri !== source.uri) : [];
  return {
    program: await programFor({ extension: extensionUri.fsPath, folder: terminalFolder(), env, platform }),
    file: source.range === null ? readText(source.uri, source.text) : { text: source.text.slice(...source.range) },
    format: formatOf(source),
    line: source.line,
    prompt: promptPlace(input),
    rows: isTable(source),
    intent: settled(state),
    selection: state.selection,
    units: within(units, source.range),
    engine: lens.settings.engine,
    top: candidatesPerToken,
    second: secondText(view),
    plan,
    others: others.map(({ uri }) => savedText(uri, documentOf(uri)?.getText() ?? '')),
    axis: tab === 'embeddings' ? await axisFile(lens, state) : null,
    variables: givenValues([...others.map((each) => each.input), ...(input ? [input] : [])]),
    continueLast: continueLast && input !== null && canContinue(input),
    curves: !isRanking(state) || state.intent.saliency.others,
    blocks: state.model?.layers ?? 0,
  };
}

/** The prompt's numbers in the file; null for the first, which the command line reads by itself. */
function promptPlace(input: PromptInput | null): string | null {
  const numbers = input?.chosen ?? [];
  return numbers.some((number) => number > 1) ? numbers.join('.') : null;
}

/**
 * Of what was typed, the values of variables that the texts still have. The command line knows one value for a name; where several texts
 * have that name, the value of the last counts.
 */
function givenValues(inputs: readonly PromptInput[]): Record<string, string> {
  const given = inputs.flatMap(({ variables = [] }) => variables).filter(({ from }) => from === 'given');
  return Object.fromEntries(given.map(({ name, value }) => [name, value ?? '']));
}

/** Null for a text that cannot be read: the command line will give the reason, as the panel does. */
async function read(source: PromptSource): Promise<PromptInput | null> {
  try {
    return await (source.readPlain ?? source.read)();
  } catch {
    return null;
  }
}

async function planOf(
  source: PromptSource,
  input: PromptInput,
  choice: Intent['embeddings'],
  open: () => Promise<OpenPrompt[]>,
) {
  try {
    return (await embeddedTexts(source, input, choice, open)).plan;
  } catch {
    return null;
  }
}

/** A selection, and a text without a format, are read as plain text. */
function formatOf({ uri, reading }: PromptSource): PromptKind {
  const document = documentOf(uri);
  if (reading === 'plain' || reading === 'selection' || !document) return 'raw';
  return promptKind(document.uri.path, document.languageId);
}

/** Converts ranges of the document into ranges of the part on show. */
function within(units: readonly Range[], range: Range | null): Range[] {
  const [from, to] = range ?? [0, Number.POSITIVE_INFINITY];
  return units.map(([start, end]) => [Math.max(start, from) - from, Math.min(end, to) - from]);
}

/** The intent with what was chosen automatically: the kind of labels of the layer probe, unit and methods of a long prompt. */
function settled(state: PanelState): Intent {
  const { intent, probe } = state;
  const { saliency } = intent;
  const by = shownData(state.saliency)?.result.by;
  const ranking = isRanking(state) && {
    ...(by && saliency.by === 'word' && !saliency.unitChosen ? { by } : {}),
    ...(saliency.others ? {} : { methods: ['occlusion' as const] }),
  };
  return {
    ...intent,
    saliency: { ...saliency, ...ranking },
    lie: { ...intent.lie, task: shownData(probe)?.result.task ?? intent.lie.task },
  };
}

function isRanking({ saliency }: PanelState): boolean {
  return (shownData(saliency)?.prompt.tokens.length ?? 0) > longPrompt;
}

/** The folder that a terminal opens in, where it is certain. */
function terminalFolder(): string | null {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.length === 1 ? folders[0].uri.fsPath : null;
}

function documentOf(uri: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri);
}

/** The file as seen by a terminal that opens in the workspace's folder; the text itself where there is no file. */
function readText(written: string, text: string): ReadText {
  const uri = vscode.Uri.parse(written);
  if (!fileSchemes.has(uri.scheme)) return { text };
  const inFolder = terminalFolder() !== null && vscode.workspace.getWorkspaceFolder(uri);
  return { path: inFolder ? vscode.workspace.asRelativePath(uri, false) : uri.fsPath };
}

/** The file where it is saved, or else the text itself: no message asks the user to save a text beside the one on show. */
function savedText(uri: string | null, text: string): ReadText {
  return uri === null || documentOf(uri)?.isDirty ? { text } : readText(uri, text);
}

/** Patching's second prompt: its original file, as long as the text has not been changed in the panel. */
function secondText({ session, second }: View): ReadText | null {
  const { from } = session.state.intent.patching;
  return from === null ? null : savedText(second?.text === from ? second.uri : null, from);
}

/** The panel keeps only the direction, so it is written to a separate file: hundreds of numbers do not fit in a line. */
async function axisFile(lens: Lens, { intent, model }: PanelState): Promise<string | null> {
  const { axis, layer } = intent.embeddings;
  if (axis === null || (model && axis.length !== model.width)) return null;
  const content = JSON.stringify({ schema: 1, kind: 'layers', best: layer ?? 0, direction: axis });
  const name = `axis-${createHash('sha256').update(content).digest('hex').slice(0, 12)}.probe.json`;
  const file = vscode.Uri.joinPath(lens.context.globalStorageUri, name);
  await vscode.workspace.fs.createDirectory(lens.context.globalStorageUri);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(content));
  return file.fsPath;
}
