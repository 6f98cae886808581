/**
 * Which prompt a torn-off panel belongs to, kept across a reload of the window. The workbench gives a restored panel its title back
 * and nothing else that is ours, so the title is the key. The panel that follows keeps here what it was last asked to show. Used by
 * host/lens.ts.
 */
import * as v from 'valibot';
import type * as vscode from 'vscode';

const pinSchema = v.object({ uri: v.string(), range: v.nullable(v.tuple([v.number(), v.number()])) });
export type Pin = v.InferOutput<typeof pinSchema>;

/** By title; a version before this one, or another program, may have left anything. */
const pinsSchema = v.fallback(v.record(v.string(), v.fallback(v.nullable(pinSchema), null)), {});

const storageKey = 'pins.v1';
const mostPins = 20;

export function rememberPin(context: vscode.ExtensionContext, title: string, pin: Pin): void {
  const others = Object.entries(keptPins(context)).filter(([known, kept]) => known !== title && kept !== null);
  void context.workspaceState.update(storageKey, Object.fromEntries([...others.slice(1 - mostPins), [title, pin]]));
}

export function rememberedPin(context: vscode.ExtensionContext, title: string): Pin | null {
  return keptPins(context)[title] ?? null;
}

function keptPins(context: vscode.ExtensionContext): Record<string, Pin | null> {
  return v.parse(pinsSchema, context.workspaceState.get(storageKey));
}
