/** The hover over an analysed prompt: every token under the mouse, and the same token lit up in the panel. */
import * as vscode from 'vscode';
import { commandIds } from '../ids';
import type { Lens } from '../lens';
import { hoverMarkdown } from './hoverText';
import { shownProbabilities } from './shownProbabilities';
import { sharing, sourceOf, tokenAt } from './tokenMap';

export class TokenHover implements vscode.HoverProvider {
  constructor(private readonly lens: Lens) {}

  provideHover(document: vscode.TextDocument, at: vscode.Position): vscode.Hover | null {
    const shown = shownProbabilities(this.lens, document);
    const offset = shown?.toAnalysed(at) ?? null;
    if (!shown || offset === null) return null;
    const { data, exact, view } = shown;
    const position = tokenAt(data.prompt, offset);
    if (position === null || position >= exact) return null;
    const { session } = view;
    session.select({ hover: position }, 'host');
    const options = {
      alternatives: this.lens.settings.alternatives,
      vocabulary: session.state.model?.vocabulary ?? null,
      locale: vscode.env.language,
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
    return new vscode.Hover(blocks, (source && shown.toEditor(source)) ?? undefined);
  }
}
