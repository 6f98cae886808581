import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

const folder = () => {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first, 'a folder is open');
  return first.uri.fsPath;
};

async function invoke(name: string, input: object, token?: vscode.CancellationToken): Promise<string> {
  const { content } = await vscode.lm.invokeTool(
    `promptLens_${name}`,
    { input, toolInvocationToken: undefined },
    token,
  );
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

const sentenceOf = (call: Promise<string>): Promise<string> =>
  call.then(
    (answer) => assert.fail(`it was answered: ${answer}`),
    (error: Error) => error.message,
  );

const text = 'The capital of France is';

describe('the tools for assistants', () => {
  it('are offered with their parameters, in words', async () => {
    await vscode.extensions.getExtension('prompt-lens.prompt-lens')?.activate();
    const own = vscode.lm.tools.filter(({ name }) => name.startsWith('promptLens_'));
    const { contributes } = vscode.extensions.getExtension('prompt-lens.prompt-lens')?.packageJSON ?? {};
    assert.deepEqual(
      own.map(({ name }) => name).sort(),
      contributes.languageModelTools.map(({ name }: { name: string }) => name).sort(),
    );
    for (const { description, inputSchema, tags } of own) {
      assert.match(description, /^[A-Z].*Prompt Lens/);
      assert.equal((inputSchema as { additionalProperties: boolean }).additionalProperties, false);
      assert.ok(tags.includes('prompt-lens'));
    }
  });

  it('answer with the numbers of the engine that the editor uses', async () => {
    const answer = await invoke('probabilities', { text, top: 3 });
    assert.match(answer, /^probabilities: SmolLM2-135M-Instruct .*5 tokens, fingerprint [0-9a-f]{16}\./);
    assert.match(answer, /\n·Paris \| 0\.7\d*\n/);
    assert.ok(JSON.stringify(answer).length <= 20_000);
  });

  it('read files of the workspace, and what is unsaved in them', async () => {
    const file = path.join(folder(), 'tool.txt');
    fs.writeFileSync(file, 'one two');
    const document = await vscode.workspace.openTextDocument(file);
    assert.match(await invoke('tokens', { file: 'tool.txt' }), /2 tokens for 7 characters/);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 7), ' three');
    await vscode.workspace.applyEdit(edit);
    assert.match(await invoke('tokens', { file }), /3 tokens for 13 characters/);
    await document.save();
  });

  it('read nothing outside of it', async () => {
    const file = path.join(os.tmpdir(), 'prompt-lens-outside.txt');
    fs.writeFileSync(file, 'outside');
    assert.match(await sentenceOf(invoke('tokens', { file })), /"file" names a file that may not be read/);
  });

  it('say in one sentence what is wrong with a call', async () => {
    const said = await sentenceOf(invoke('saliency', { text, operator: 'foo' }));
    assert.match(said, /"operator" must be one of knockout, delete, replace, not "foo"\./);
  });

  it('are cancelled, and answer the next call', async () => {
    const source = new vscode.CancellationTokenSource();
    const slow = sentenceOf(invoke('generate', { text, maxTokens: 4000 }, source.token));
    setTimeout(() => source.cancel(), 500);
    assert.match(await slow, /cancel/i);
    assert.match(await invoke('tokens', { text }), /5 tokens/);
  });
});
