/** Tells the editor whether a panel computes, so that *Cancel* is offered only then. */
import * as vscode from 'vscode';
import { analysisNames } from '../analysis/contracts';
import type { PanelState } from '../analysis/panel';
import { contextKeys } from './ids';

/** Whether anything of this panel is being computed, or waits for the model. */
export function isBusy(state: PanelState): boolean {
  const busy = analysisNames.some((name) => ['running', 'loadingModel'].includes(state[name].kind));
  return busy || state.continuations.running;
}

export class BusyContext {
  private said = false;

  update(states: Iterable<PanelState>): void {
    const busy = [...states].some(isBusy);
    if (busy === this.said) return;
    this.said = busy;
    void vscode.commands.executeCommand('setContext', contextKeys.busy, busy);
  }
}
