/** The menu of exports: the formats that the view in front has, and saving one of them. */
import type { MenuItem } from '../../base/controls';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { type ExportFormat, exportContent, formats } from './export';
import type { ShownView } from './shownView';
import { targetInFront } from './target';

export class ExportMenu {
  constructor(
    private readonly context: ViewContext,
    private readonly shown: ShownView,
    /** Shows the view in place of its table: behind an open table the picture has no size. */
    private readonly showPicture: () => void,
    private readonly report: (error: unknown) => void,
  ) {}

  items(): MenuItem[] {
    if (!this.shown.prompt) return [{ label: t('Nothing to export yet'), onChoose() {} }];
    const labels: Record<ExportFormat, string> = {
      svg: t('SVG'),
      png: t('PNG'),
      csv: t('CSV'),
      excel: t('CSV for Excel'),
      json: t('JSON'),
      html: t('HTML, self-contained'),
    };
    const pictures = formats(this.shown.view).map((format) => ({
      label: labels[format],
      onChoose: () => void this.save(format).catch(this.report),
    }));
    const run = { label: t('Saved Run, to open again'), onChoose: () => void this.saveRun().catch(this.report) };
    return [...pictures, run];
  }

  /** The host has everything that a saved run holds. */
  private async saveRun(): Promise<void> {
    const suggestedName = `${this.baseName()}.lens.json`;
    const { saved } = await this.context.channel.request('export', { suggestedName, format: 'lens', content: '' });
    if (saved) this.context.announce(t('Saved'));
  }

  private baseName(): string {
    return (this.context.state().title ?? 'prompt').replace(/\.[^.]+$/, '');
  }

  private async save(format: ExportFormat): Promise<void> {
    const { view, state: now, prompt } = this.shown;
    if (!prompt) return;
    this.showPicture();
    const state = this.context.state();
    const runMs = now.kind === 'ready' ? now.runMs : null;
    const { channel } = this.context;
    const provenance = await channel.request('provenance', { analysis: this.shown.key });
    const parts = { view, state, prompt, runMs, provenance, theme: this.context.theme() };
    const content = await exportContent(format, { ...parts, target: targetInFront(state, now) });
    const ending = format === 'excel' ? 'csv' : format;
    const suggestedName = `${this.baseName()}-${view.tab}.${ending}`;
    const { saved } = await channel.request('export', { suggestedName, format: ending, content });
    if (saved) this.context.announce(t('Saved'));
  }
}
