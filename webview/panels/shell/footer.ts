/** The footer: where the numbers come from, the table twin, exports, the command line. */
import type { PanelState, ShownRuntime } from '../../../src/analysis/panel';
import type { ModelInfo, Prompt } from '../../../src/protocol/model';
import type { ViewState } from '../../../src/protocol/view';
import { linkButton, type MenuItem, menu } from '../../base/controls';
import { el } from '../../base/dom';
import { grouped } from '../../base/format';
import { inClauses, t } from '../../base/strings';
import { stateWord } from '../states/states';

export interface Footer {
  element: HTMLElement;
  update(state: PanelState, view: ViewState<unknown> | null, prompt: Prompt | null, table: boolean): void;
  /** Says in the footer, where it was asked for, that the command line is on the clipboard. */
  copied(): void;
}

const copiedMs = 2500;

export interface FooterOptions {
  onTable: () => void;
  onCommandLine: () => void;
  exports: () => readonly MenuItem[];
}

export function footer({ onTable, onCommandLine, exports: items }: FooterOptions): Footer {
  const provenance = el('span', { class: 'prov' });
  const table = linkButton(t('Table'), onTable);
  const exporter = linkButton(t('Export'), () => {});
  menu(exporter, t('Export'), items);
  const command = linkButton(t('Copy as Command Line'), onCommandLine);
  const actions = el('span', { class: 'acts' }, table, exporter, command);
  return {
    element: el('footer', { class: 'foot' }, provenance, actions),
    copied() {
      command.textContent = `✓ ${t('Copied')}`;
      setTimeout(() => {
        command.textContent = t('Copy as Command Line');
      }, copiedMs);
    },
    update(state, view, prompt, shown) {
      const count = prompt?.tokens.length;
      const parts = [...modelWords(state.model), ...runtimeWords(state.runtime)];
      if (count) parts.push(count === 1 ? t('1 token') : t('{0} tokens', grouped(count)));
      if (view) parts.push(stateWord(view, state));
      provenance.textContent = parts.join(' · ');
      provenance.title = [
        state.model && `${state.model.path}\nsha256 ${state.model.sha256}`,
        state.runtime?.why,
        t('The checksum of the model file is part of every export.'),
      ]
        .filter(Boolean)
        .join('\n');
      table.setAttribute('aria-pressed', String(shown));
      table.textContent = shown ? t('Picture') : t('Table');
      for (const b of [table, exporter]) b.toggleAttribute('disabled', !prompt);
      command.toggleAttribute('disabled', state.title === null);
    },
  };
}

function modelWords(model: ModelInfo | null): string[] {
  return model ? [model.name, model.quantisation] : [t('model not loaded yet')];
}

function runtimeWords(runtime: ShownRuntime | null): string[] {
  if (!runtime) return [];
  const names = { cuda: 'CUDA', webgpu: 'WebGPU', dml: 'DirectML', coreml: 'CoreML', cpu: 'CPU' };
  const count = runtime.threads === 1 ? t('1 thread') : t('{0} threads', runtime.threads);
  const where = inClauses([names[runtime.provider], runtime.provider === 'cpu' ? count : '']);
  const precision = runtime.precision === 'exact' ? t('exact') : t('fast');
  return [
    runtime.requested === 'auto' ? t('{0} ({1})', where, t('auto')) : where,
    inClauses([precision, runtime.weights === 'float32' ? 'float32' : t('4-bit')]),
  ];
}
