/**
 * Exports of whatever a tab shows, each with the model's checksum and the settings: SVG, PNG, CSV, JSON, and one self-contained
 * HTML file.
 */

import type { PanelState, Provenance } from '../../../src/analysis/panel';
import { csvText } from '../../../src/protocol/csvText';
import type { Prompt } from '../../../src/protocol/model';
import type { TableTwin } from '../../base/a11y';
import { el } from '../../base/dom';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import type { View } from '../../base/view';
import { htmlPage } from './exportPage';
import { provenanceLines, withLines, withoutFolders } from './provenance';
import type { TargetShown } from './target';

/** `excel`: CSV that begins with a byte order mark. */
export type ExportFormat = 'svg' | 'png' | 'csv' | 'excel' | 'json' | 'html';

export interface ExportSource {
  view: View;
  state: PanelState;
  prompt: Prompt;
  runMs: number | null;
  theme: Theme;
  target: TargetShown | null;
  provenance: Provenance;
}

/** The formats that the view can export. */
export function formats(view: View): ExportFormat[] {
  const { svg, csv, json } = view.exports?.() ?? {};
  const all: [ExportFormat, unknown][] = [
    ['svg', svg],
    ['png', svg],
    ['csv', csv ?? view.table],
    ['excel', csv ?? view.table],
    ['json', json],
    ['html', true],
  ];
  return all.filter(([, there]) => there).map(([format]) => format);
}

/** The finished text; PNG as base64. */
export async function exportContent(format: ExportFormat, source: ExportSource): Promise<string> {
  const { theme } = source;
  switch (format) {
    case 'svg':
      return picture(source);
    case 'png':
      return png(picture(source), theme);
    case 'csv':
    case 'excel':
      return csv(source, format === 'excel');
    case 'json':
      return `${JSON.stringify(report(source), null, 1)}\n`;
    case 'html': {
      const lines = [variablesWords(source.state), ...linesOf(source)].filter((line) => line !== null);
      return htmlPage({ view: source.view, state: source.state, theme, lines, data: report(source) });
    }
    default:
      return format satisfies never;
  }
}

const linesOf = ({ state, provenance, target }: ExportSource) => provenanceLines(state, provenance, target);

function picture(source: ExportSource): string {
  const svg = source.view.exports?.().svg?.();
  return svg ? withLines(svg, linesOf(source), source.theme) : '';
}

/** The fingerprint is the last column, the same in every row, as on the command line. */
function csv({ view, provenance: { fingerprint } }: ExportSource, excel: boolean): string {
  const twin: TableTwin | undefined = view.exports?.().csv?.() ?? view.table?.();
  if (!twin) return '';
  const columns = [...(twin.names ?? twin.columns), 'fingerprint'];
  return csvText(
    columns,
    twin.rows.map((row) => [...row, fingerprint]),
    { excel },
  );
}

/** The common fields of the command line's `--json`, with the settings of this panel. */
function report({ view, state, prompt, runMs, provenance }: ExportSource): unknown {
  const { version, date, fingerprint } = provenance;
  return withoutFolders({
    schema: 1,
    command: view.tab,
    ...{ version, fingerprint, date },
    model: state.model,
    runtime: state.runtime && { ...state.runtime, why: undefined },
    prompt,
    timing: { runMs },
    ...variablesOf(state),
    settings: state.intent,
    selection: { locked: state.selection.locked },
    baseline: state.baseline?.name ?? null,
    result: view.exports?.().json?.() ?? null,
  });
}

/** The file's variables with their values; nothing where it has none. */
function variablesOf({ report }: PanelState): object {
  return report && report.variables.length > 0 ? { variables: report.variables } : {};
}

/** The same for people. */
function variablesWords({ report }: PanelState): string | null {
  if (!report || report.variables.length === 0) return null;
  const all = report.variables.map(({ name, value }) => `${name} = ${value ?? t('no value')}`);
  return `${t('Variables')} ${all.join(' · ')}`;
}

/** Drawn at twice its size on screen. Needs `img-src data:` in the page's policy. */
async function png(svg: string, theme: Theme): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = el('canvas', { width: image.width * 2, height: image.height * 2 });
  const context = canvas.getContext('2d');
  if (!context) return '';
  context.fillStyle = theme.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}
