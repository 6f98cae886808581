/**
 * The analyses as language-model tools of the editor, for chats and agents: the same tools as in `prompt-lens serve`. The manifest names
 * them; the bundle that answers is loaded at the first call.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as vscode from 'vscode';
import type { EngineQuestions } from '../client/client';
import type { CallableTools, ToolsBundle } from '../client/toolsBundle';
import type { EngineSupervisor } from './engine/supervisor';

type Input = Record<string, unknown>;

interface Contributed {
  name: string;
  displayName: string;
}

const prefix = 'promptLens_';

export function registerLanguageModelTools(
  context: vscode.ExtensionContext,
  supervisor: EngineSupervisor,
): vscode.Disposable {
  const { contributes, version } = context.extension.packageJSON as {
    contributes: { languageModelTools: Contributed[] };
    version: string;
  };
  let loaded: CallableTools | null = null;
  const tools = () => {
    loaded ??= load(context, version, supervisor);
    return loaded;
  };
  const registered = contributes.languageModelTools.map(({ name, displayName }) =>
    vscode.lm.registerTool<Input>(name, {
      prepareInvocation: ({ input }) => ({
        invocationMessage: vscode.l10n.t('Prompt Lens: {0}', displayName),
        confirmationMessages: { title: vscode.l10n.t('Prompt Lens: {0}', displayName), message: question(input) },
      }),
      invoke: ({ input }, token) => answer(tools(), name.slice(prefix.length), input, token),
    }),
  );
  return vscode.Disposable.from(...registered);
}

/** The question to the user, which says what is read and where it goes. */
function question(input: Input): string {
  const files = Object.entries(input)
    .filter(([name]) => /files?$/i.test(name))
    .flatMap(([, value]) => value)
    .filter((value) => typeof value === 'string');
  return files.length === 0
    ? vscode.l10n.t(
        "Run this machine's model on a text from the chat, and give the numbers to the chat? Nothing is written.",
      )
    : vscode.l10n.t(
        "Run this machine's model on {0}, and give the numbers and parts of the text to the chat? Nothing is written.",
        files.join(', '),
      );
}

/** Throws a sentence that the model can act on. */
async function answer(
  tools: CallableTools,
  name: string,
  input: Input,
  token: vscode.CancellationToken,
): Promise<vscode.LanguageModelToolResult> {
  const abort = new AbortController();
  const listener = token.onCancellationRequested(() => abort.abort());
  try {
    const { content, isError } = await tools.call({ name, arguments: input, signal: abort.signal });
    if (isError) throw new Error(content.map(({ text }) => text).join('\n'));
    return new vscode.LanguageModelToolResult(content.map(({ text }) => new vscode.LanguageModelTextPart(text)));
  } catch (error) {
    throw abort.signal.aborted ? new vscode.CancellationError() : error;
  } finally {
    listener.dispose();
  }
}

function load({ extensionUri }: vscode.ExtensionContext, version: string, supervisor: EngineSupervisor): CallableTools {
  const file = (...names: string[]) => vscode.Uri.joinPath(extensionUri, ...names).fsPath;
  const { createTools } = createRequire(__filename)(file('dist', 'tools.js')) as ToolsBundle;
  return createTools({
    version,
    readFile: async (name) => unsaved(name) ?? (await readFile(name)),
    bundledFiles: async () => ({ models: [], probes: [file('models', 'truth', 'probe.json')] }),
    folders: async () => localFolders(),
    engine: () => asked(supervisor),
    // Null leaves the options to the settings, since the supervisor loads the model.
    engineOptions: null,
    data: false,
  });
}

/** The unsaved text of an open file, since the user sees that text and not the saved one. */
function unsaved(name: string): Uint8Array | null {
  const document = vscode.workspace.textDocuments.find(
    ({ uri, isDirty }) => isDirty && uri.scheme === 'file' && path.relative(uri.fsPath, name) === '',
  );
  return document ? new TextEncoder().encode(document.getText()) : null;
}

const localFolders = (): string[] =>
  (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) => (uri.scheme === 'file' ? [uri.fsPath] : []));

function asked(supervisor: EngineSupervisor): EngineQuestions {
  const request: EngineQuestions['request'] = (method, params, options) =>
    method === 'load'
      ? (supervisor.load() as ReturnType<EngineQuestions['request']> as never)
      : (supervisor.request(method, params, options as never) as never);
  return { request, on: () => () => {} };
}
