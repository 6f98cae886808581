/** The hover over an analysed prompt: it describes every token under the mouse and highlights the same token in the panel. */
import * as vscode from 'vscode';
import { commandIds } from '../ids';
import type { Lens } from '../lens';
import type { LensSession } from '../session/lensSession';
import { hoverMarkdown } from './hoverText';
import { saliencyMarkdown } from './saliencyText';
import { shownProbabilities } from './shownProbabilities';
import { shownSaliency } from './shownSaliency';
import { unitAt } from './signedTints';
import { sharing, sourceOf, tokenAt } from './tokenMap';

/** The editor does not report when the mouse leaves a word, so the highlight in the panel ends after this time. */
const litMs = 4000;

interface Found {
  blocks: vscode.MarkdownString[];
  range?: vscode.Range;
}

export class TokenHover implements vscode.HoverProvider {
  private goOut: (() => void) | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly lens: Lens) {}

  provideHover(document: vscode.TextDocument, at: vscode.Position): vscode.Hover | null {
    this.darken();
    const token = this.token(document, at);
    const scores = this.scores(document, at);
    if (!token && !scores) return null;
    return new vscode.Hover([...(scores?.blocks ?? []), ...(token?.blocks ?? [])], token?.range ?? scores?.range);
  }

  private token(document: vscode.TextDocument, at: vscode.Position): Found | null {
    const shown = shownProbabilities(this.lens, document);
    const offset = shown?.toAnalysed(at) ?? null;
    if (!shown || offset === null) return null;
    const { data, exact, view } = shown;
    const position = tokenAt(data.prompt, offset);
    if (position === null || position >= exact) return null;
    const { session } = view;
    this.light(session, position);
    const options = {
      alternatives: this.lens.settings.alternatives,
      vocabulary: session.state.model?.vocabulary ?? null,
      locale: vscode.env.language,
      uri: document.uri.toString(),
    };
    const { locked } = session.state.selection;
    const blocks = sharing(data.prompt, position).map((each) => {
      const markdown = new vscode.MarkdownString(hoverMarkdown(data, each, { ...options, locked: each === locked }));
      markdown.isTrusted = {
        enabledCommands: [commandIds.lockToken, commandIds.unlockToken, commandIds.copyCommandLine],
      };
      return markdown;
    });
    const source = sourceOf(data.prompt, position);
    return { blocks, range: (source && shown.toEditor(source)) ?? undefined };
  }

  private light(session: LensSession, position: number): void {
    session.select({ hover: position }, 'host');
    this.goOut = () => {
      if (session.state.selection.hover === position) session.select({ hover: null }, 'host');
    };
    this.timer = setTimeout(() => this.darken(), litMs);
  }

  private darken(): void {
    clearTimeout(this.timer);
    this.goOut?.();
    this.goOut = null;
  }

  /** The scores behind the tint of the unit under the mouse. */
  private scores(document: vscode.TextDocument, at: vscode.Position): Found | null {
    const shown = shownSaliency(this.lens, document);
    const offset = shown?.toAnalysed(at) ?? null;
    const unit = shown && offset !== null ? unitAt(shown.data, offset) : null;
    if (!shown || !unit) return null;
    const blocks = [new vscode.MarkdownString(saliencyMarkdown(shown.data, unit.index))];
    return { blocks, range: shown.toEditor(unit.range) ?? undefined };
  }
}
