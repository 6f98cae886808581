import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds, settingIds } from '../../../src/host/ids';

const extension = () => {
  const found = vscode.extensions.getExtension('prompt-lens.prompt-lens');
  assert.ok(found, 'the extension is installed');
  return found;
};

describe('the extension in its host', () => {
  it('activates', async () => {
    await extension().activate();
    assert.equal(extension().isActive, true);
  });

  it('registers every command it names', async () => {
    await extension().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(commandIds).filter((id) => !registered.has(id)),
      [],
    );
  });

  it('has a default for every setting', () => {
    const all = vscode.workspace.getConfiguration();
    assert.deepEqual(
      Object.values(settingIds).filter((id) => all.inspect(id)?.defaultValue === undefined),
      [],
    );
  });

  it('lets no workspace choose what is run or read', () => {
    const all = vscode.workspace.getConfiguration();
    for (const id of [settingIds.model, settingIds.provider]) {
      const properties = extension().packageJSON.contributes.configuration;
      const groups: { properties: Record<string, { scope?: string }> }[] = Array.isArray(properties)
        ? properties
        : [properties];
      const scope = groups.map((group) => group.properties[id]?.scope).find(Boolean);
      assert.ok(scope?.startsWith('machine') && scope !== 'machine-overridable', `${id} has scope ${scope}`);
      assert.equal(all.inspect(id)?.workspaceValue, undefined);
    }
  });
});
