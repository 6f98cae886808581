/**
 * Saliency in the text itself: blue and a solid line under what supports the target, orange and a dashed line under what works against it,
 * so that the two differ without their colours; the strongest are marked in the overview ruler.
 */
import * as vscode from 'vscode';
import { colorIds } from '../ids';
import type { Lens } from '../lens';
import { shownSaliency } from './shownSaliency';
import { type SignedSpan, signedSpans } from './signedTints';

/** Redraws are collected, because a slider fires many events. */
const redrawDelayMs = 30;
const strongest = 4;

interface Layer {
  type: vscode.TextEditorDecorationType;
  shows(span: SignedSpan): boolean;
}

export class SaliencyDecorations implements vscode.Disposable {
  private readonly layers: Layer[] = [
    ...fills(colorIds.supports, ({ sign }) => sign !== 'against'),
    ...fills(colorIds.against, ({ sign }) => sign === 'against'),
    rule(colorIds.supportsRule, 'solid', ({ sign }) => sign === 'supports'),
    rule(colorIds.againstRule, 'dashed', ({ sign }) => sign === 'against'),
    mark(colorIds.supportsRule, ({ sign, step }) => sign !== 'against' && step === strongest),
    mark(colorIds.againstRule, ({ sign, step }) => sign === 'against' && step === strongest),
  ];
  private readonly disposables: vscode.Disposable[];
  private timer: NodeJS.Timeout | null = null;
  private readonly drawn = new Set<vscode.TextEditor>();

  constructor(private readonly lens: Lens) {
    const redraw = () => this.redrawSoon();
    this.disposables = [lens.onDidSettle(redraw), vscode.window.onDidChangeVisibleTextEditors(redraw)];
  }

  dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    for (const { type } of this.layers) type.dispose();
    for (const each of this.disposables) each.dispose();
  }

  private redrawSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      for (const editor of vscode.window.visibleTextEditors) this.redraw(editor);
    }, redrawDelayMs);
  }

  private redraw(editor: vscode.TextEditor): void {
    const shown = shownSaliency(this.lens, editor.document);
    if (!shown) {
      if (this.drawn.delete(editor)) for (const { type } of this.layers) editor.setDecorations(type, []);
      return;
    }
    this.drawn.add(editor);
    const spans = signedSpans(shown.data, shown.view.session.state.intent.saliency.range);
    for (const { type, shows } of this.layers) {
      const places = spans.filter(shows).flatMap(({ range }) => shown.toEditor(range) ?? []);
      editor.setDecorations(type, places);
    }
  }
}

function fills(ids: readonly string[], shows: Layer['shows']): Layer[] {
  return ids.map((id, index) => ({
    type: decoration({ backgroundColor: new vscode.ThemeColor(id) }),
    shows: (span) => span.step === index + 1 && shows(span),
  }));
}

function rule(id: string, borderStyle: 'solid' | 'dashed', shows: Layer['shows']): Layer {
  const borderColor = new vscode.ThemeColor(id);
  return { type: decoration({ borderWidth: '0 0 2px 0', borderStyle, borderColor }), shows };
}

function mark(id: string, shows: Layer['shows']): Layer {
  const lane = vscode.OverviewRulerLane.Center;
  return {
    type: decoration({ overviewRulerColor: new vscode.ThemeColor(id), overviewRulerLane: lane }),
    shows,
  };
}

function decoration(options: vscode.DecorationRenderOptions): vscode.TextEditorDecorationType {
  const rangeBehavior = vscode.DecorationRangeBehavior.ClosedClosed;
  return vscode.window.createTextEditorDecorationType({ rangeBehavior, ...options });
}
