/** Writes a file of the user's choice as a whole, and never over a file that the panel reads. */
import * as vscode from 'vscode';
import { identityOf } from '../../files/identity';
import { notWritten } from '../../files/place';
import { writeWhole } from '../../files/wholeFile';
import { ProblemError } from '../../protocol/problem';
import type { LensSession } from '../session/lensSession';

/** The files that a view has read: prompt, second prompt, model, and the probe that judges. */
export function filesRead(session: LensSession, second: string | null): vscode.Uri[] {
  const { probe } = session.state.intent.lie;
  const uris = [session.source?.uri, second].filter((uri) => typeof uri === 'string');
  return [
    ...uris.map((uri) => vscode.Uri.parse(uri)),
    ...modelRead(session),
    ...(probe === null ? [] : [vscode.Uri.file(probe)]),
  ];
}

/** The model's file; empty before a model is loaded. */
export function modelRead({ state }: LensSession): vscode.Uri[] {
  return state.model ? [vscode.Uri.file(state.model.path)] : [];
}

/** Throws `outputIsInput`, or what `writeWhole` throws. */
export async function writeFile(target: vscode.Uri, bytes: Uint8Array, read: readonly vscode.Uri[]): Promise<void> {
  const name = target.scheme === 'file' ? target.fsPath : target.path;
  const own = await identity(target);
  for (const uri of read) {
    if (own !== null && (await identity(uri)) === own)
      throw new ProblemError('outputIsInput', [name, vscode.workspace.asRelativePath(uri)]);
  }
  if (target.scheme === 'file') return writeWhole(target.fsPath, bytes);
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (error) {
    throw notWritten(name, error);
  }
}

async function identity(uri: vscode.Uri): Promise<string | null> {
  return uri.scheme === 'file' ? identityOf(uri.fsPath) : uri.toString();
}
