/**
 * One line on standard error that shows a run's progress and is erased when the run is done. Silent when standard error is not a terminal.
 */
import type { Progress } from '../protocol/request';
import type { Stream } from './environment';
import { count } from './terminalText';

const stages: Record<Progress['stage'], string> = {
  opening: 'Opening the model',
  compiling: 'Compiling the model (once)',
  loading: 'Loading the model',
  running: 'Running',
};
const refreshMs = 50;

export class ProgressLine {
  private shown = '';
  private last = 0;

  constructor(private readonly stream: Stream) {}

  show(progress: Progress): void {
    const now = performance.now();
    const text = progressWords(progress);
    if (!this.stream.isTerminal || text === this.shown || now - this.last < refreshMs) return;
    this.stream.write(`\r\u001b[K${text} …`);
    this.shown = text;
    this.last = now;
  }

  clear(): void {
    if (this.shown !== '') this.stream.write('\r\u001b[K');
    this.shown = '';
    this.last = 0;
  }
}

/** `Running 12 / 40 tokens`. */
export function progressWords({ stage, done, total, unit }: Progress): string {
  return `${stages[stage]}${total > 1 ? ` ${amount(done, total, unit)}` : ''}`;
}

function amount(done: number, total: number, unit: Progress['unit']): string {
  if (unit === 'bytes') return `${Math.floor((100 * done) / total)} %`;
  return `${count(done)} / ${count(total)}${unit === 'tokens' ? ' tokens' : ''}`;
}
