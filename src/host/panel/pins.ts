/**
 * Remembers, across a reload of the window, which prompt a torn-off panel belongs to. The workbench restores only a panel's title, so the
 * title is the key. The panel that follows stores here the text that it was last asked to show.
 */
import * as v from 'valibot';
import type * as vscode from 'vscode';

const pinSchema = v.object({ uri: v.string(), range: v.nullable(v.tuple([v.number(), v.number()])) });
export type Pin = v.InferOutput<typeof pinSchema>;

/** Pins by title; an earlier version or another program may have stored anything. */
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
