/**
 * Which prompt a torn-off panel belongs to, kept across a reload of the window. The workbench gives a restored panel its title back
 * and nothing else that is ours, so the title is the key. The panel that follows keeps here what it was last asked to show. Used by
 * host/lens.ts.
 */
import type * as vscode from 'vscode';
import type { Range } from '../../protocol/model';

export interface Pin {
  uri: string;
  range: Range | null;
}

const storageKey = 'pins.v1';
const mostPins = 20;

export function rememberPin(context: vscode.ExtensionContext, title: string, pin: Pin): void {
  const pins = context.workspaceState.get<Record<string, Pin>>(storageKey, {});
  const others = Object.entries(pins).filter(([known]) => known !== title);
  void context.workspaceState.update(storageKey, Object.fromEntries([...others.slice(1 - mostPins), [title, pin]]));
}

export function rememberedPin(context: vscode.ExtensionContext, title: string): Pin | null {
  return context.workspaceState.get<Record<string, Pin>>(storageKey, {})[title] ?? null;
}
