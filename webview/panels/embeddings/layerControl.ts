/** The slider of layers with its play button, which steps from the layer shown to the last at regular intervals. */
import { slider } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { icon } from '../../base/icons';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';

/** How long a picture stays, including the movement to it. */
const stepMs = 900;

export interface LayerControl {
  element: HTMLElement;
  readonly playing: boolean;
  update(layer: number, blocks: number): void;
  stop(): void;
}

export function layerControl(context: ViewContext, choose: (layer: number) => void): LayerControl {
  let layer = 0;
  let blocks = 0;
  let timer: ReturnType<typeof setInterval> | null = null;
  let range: ReturnType<typeof slider> | null = null;
  const holder = el('span', { class: 'embed-slider' });
  const play = el('button', { class: 'ib', type: 'button', on: { click: () => (timer ? stop() : start()) } });
  const element = el('div', { class: 'ctl embed-layer' }, el('span', { class: 'm' }, t('Block')), play, holder);
  const dress = () => {
    const label = timer ? t('Stop') : t('Play all blocks');
    play.title = label;
    play.setAttribute('aria-label', label);
    fill(play, icon(timer ? 'stop' : 'play'));
  };
  const stop = () => {
    if (timer) clearInterval(timer);
    timer = null;
    dress();
  };
  const start = () => {
    if (layer >= blocks) choose(0);
    timer = setInterval(() => {
      if (layer >= blocks || !element.isConnected) stop();
      else choose(layer + 1);
    }, stepMs);
    dress();
    context.announce(t('Playing'));
  };
  dress();
  return {
    element,
    get playing() {
      return timer !== null;
    },
    update(next, most) {
      layer = next;
      if (!range || most !== blocks) {
        blocks = most;
        const format = (value: number) => t('{0} of {1}', value, most);
        range = slider({
          ...{ label: '', min: 0, max: Math.max(1, most), step: 1, value: next, format },
          onInput(value) {
            stop();
            choose(value);
          },
        });
        range.input.setAttribute('aria-label', t('Block'));
        fill(holder, range.input, range.output);
      }
      range.set(next);
    },
    stop,
  };
}
