/**
 * Tints in the text itself: surprise as background, rank as a rule underneath, very surprising tokens in the overview ruler, and an outline
 * around the locked token. The colours are contributed theme colours, so every theme and both high contrasts have their own.
 */
import * as vscode from 'vscode';
import { colorIds } from '../ids';
import type { Lens } from '../lens';
import { type Shown, shownProbabilities } from './shownProbabilities';
import { shownSaliency } from './shownSaliency';
import { tintedSpans } from './tints';
import { sourceOf } from './tokenMap';

/** Redraws are collected, because one change of state fires several events. */
const redrawDelayMs = 30;

export class Decorations implements vscode.Disposable {
  private readonly heat = colorIds.heat.map((id) => decoration({ backgroundColor: new vscode.ThemeColor(id) }));
  private readonly rules = [1, 2, 3].map((width) =>
    decoration({
      borderWidth: `0 0 ${width}px 0`,
      borderStyle: 'solid',
      borderColor: new vscode.ThemeColor(colorIds.rankRule),
    }),
  );
  private readonly striking = decoration({
    overviewRulerColor: new vscode.ThemeColor(colorIds.overview),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
  });
  private readonly locked = decoration({
    outlineWidth: '2px',
    outlineStyle: 'solid',
    outlineColor: new vscode.ThemeColor('focusBorder'),
  });
  private readonly hovered = decoration({
    outlineWidth: '1px',
    outlineStyle: 'dashed',
    outlineColor: new vscode.ThemeColor('focusBorder'),
  });
  private readonly types = [...this.heat, ...this.rules, this.striking, this.locked, this.hovered];
  private readonly disposables: vscode.Disposable[];
  private timer: NodeJS.Timeout | null = null;
  /** Editors that have decorations; only these need clearing. */
  private readonly drawn = new Set<vscode.TextEditor>();

  constructor(private readonly lens: Lens) {
    const redraw = () => this.redrawSoon();
    this.disposables = [lens.onDidSettle(redraw), vscode.window.onDidChangeVisibleTextEditors(redraw)];
  }

  dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    for (const each of [...this.types, ...this.disposables]) each.dispose();
  }

  private redrawSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      for (const editor of vscode.window.visibleTextEditors) this.redraw(editor);
    }, redrawDelayMs);
  }

  private redraw(editor: vscode.TextEditor): void {
    const shown = shownProbabilities(this.lens, editor.document);
    if (!shown || !this.shows(shown)) {
      if (this.drawn.delete(editor)) for (const type of this.types) editor.setDecorations(type, []);
      return;
    }
    this.drawn.add(editor);
    // A background with two meanings at once could not be read, so saliency replaces the tints.
    const tinted = this.lens.tintsShown && shownSaliency(this.lens, editor.document) === null;
    if (tinted) this.tint(editor, shown);
    else for (const type of [...this.heat, ...this.rules, this.striking]) editor.setDecorations(type, []);
    const { locked, hover } = shown.view.session.state.selection;
    editor.setDecorations(this.locked, tokenRange(shown, locked));
    editor.setDecorations(this.hovered, hover === locked ? [] : tokenRange(shown, hover));
  }

  /** Tints need a visible panel or the user's request; a selection is shown as long as its panel exists. */
  private shows({ view }: Shown): boolean {
    return this.lens.tintsShown || view.panel !== null;
  }

  private tint(editor: vscode.TextEditor, shown: Shown): void {
    const { data, exact } = shown;
    const spans = tintedSpans(
      data.prompt,
      data.result,
      shown.view.session.state.intent.probabilities.tint,
      exact,
    ).flatMap((span) => {
      const range = shown.toEditor(span.range);
      return range ? [{ ...span, range }] : [];
    });
    const where = (test: (span: (typeof spans)[number]) => boolean) => spans.filter(test).map(({ range }) => range);
    for (const [index, type] of this.heat.entries())
      editor.setDecorations(
        type,
        where(({ heat }) => heat === index + 1),
      );
    for (const [index, type] of this.rules.entries())
      editor.setDecorations(
        type,
        where(({ rule }) => rule === index + 1),
      );
    editor.setDecorations(
      this.striking,
      where(({ striking }) => striking),
    );
  }
}

function decoration(options: vscode.DecorationRenderOptions): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    ...options,
  });
}

function tokenRange({ data, toEditor }: Shown, position: number | null): vscode.Range[] {
  const source = position === null ? null : sourceOf(data.prompt, position);
  const range = source && toEditor(source);
  return range ? [range] : [];
}
