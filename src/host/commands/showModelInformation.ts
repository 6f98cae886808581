/** Shows the model and its runtime as a page to read, with the reasons why other providers were refused. */
import * as vscode from 'vscode';
import type { CompiledSize, LoadedModel } from '../../protocol/model';
import { sizeText } from '../../protocol/sizeText';
import { inlineCode } from '../editor/tokenText';
import { commandIds, documentScheme } from '../ids';
import { say } from '../translate';
import type { Command } from './command';

export const modelInformationUri = vscode.Uri.from({ scheme: documentScheme, path: '/model.md' });

export const showModelInformation: Command = {
  id: commandIds.showModelInformation,
  run: async (lens) => {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Loading the model') },
      () => lens.engine.load(),
    );
    await vscode.commands.executeCommand('markdown.showPreview', modelInformationUri);
  },
};

/** The disk space of this model's compiled graphs, and the limit for all models. */
export const compiledText = ({ bytes, limitBytes }: CompiledSize): string =>
  vscode.l10n.t('{0} on disk, of {1} for all models', sizeText(bytes), sizeText(limitBytes));

/** Markdown; names from the model file appear in code spans only. */
export function modelInformation({ model, runtime, compiled, loadMs }: LoadedModel): string {
  const number = (value: number) => value.toLocaleString(vscode.env.language);
  const code = (text: string) => inlineCode(text.replace(/\s+/g, ' '));
  const plain = (text: string) => new vscode.MarkdownString().appendText(text.replace(/\s+/g, ' ')).value;
  const rows: [string, string][] = [
    [vscode.l10n.t('Model'), code(model.name)],
    [vscode.l10n.t('File'), code(model.path)],
    ['SHA-256', code(model.sha256)],
    [vscode.l10n.t('Family'), code(model.family)],
    [vscode.l10n.t('Quantisation'), code(model.quantisation)],
    [vscode.l10n.t('Blocks'), number(model.layers)],
    [
      vscode.l10n.t('Heads'),
      vscode.l10n.t('{0} for queries, {1} for keys and values', model.heads, model.keyValueHeads),
    ],
    [vscode.l10n.t('Width'), number(model.width)],
    [vscode.l10n.t('Vocabulary'), number(model.vocabulary)],
    [vscode.l10n.t('Context'), vscode.l10n.t('{0} tokens', number(model.context))],
    ...(model.notes ?? []).map((note): [string, string] => [vscode.l10n.t('Note'), plain(say(note))]),
    [vscode.l10n.t('Provider'), `${runtime.provider} (${vscode.l10n.t('requested: {0}', runtime.requested)})`],
    [vscode.l10n.t('Not used'), runtime.reason === null ? '–' : plain(say(runtime.reason))],
    [
      vscode.l10n.t('Precision'),
      `${runtime.precision === 'exact' ? vscode.l10n.t('exact') : vscode.l10n.t('fast')}, ${runtime.weights}`,
    ],
    [vscode.l10n.t('Threads'), number(runtime.threads)],
    [vscode.l10n.t('Compiled graphs'), `${compiledText(compiled)} (${code(compiled.folder)})`],
    ['ONNX Runtime', code(runtime.onnxruntime)],
    [vscode.l10n.t('Loaded in'), vscode.l10n.t('{0} s', (loadMs / 1000).toFixed(1))],
  ];
  return [
    `# ${vscode.l10n.t('Model Information')}`,
    ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value.replace(/\|/g, '\\|')} |`)].join('\n'),
    vscode.l10n.t('Everything runs on this machine. Nothing is sent anywhere.'),
  ].join('\n\n');
}
