/** A chart that is created when there is something to draw, and updated from then on. */
import type { Chart } from '../../charts/chart';

/** Updates the chart, or creates it the first time. */
export function shown<Data, Options>(
  chart: Chart<Data, Options> | null,
  create: (container: HTMLElement, data: Data, options: Options) => Chart<Data, Options>,
  container: HTMLElement,
  data: Data,
  options: Options,
): Chart<Data, Options> {
  if (!chart) return create(container, data, options);
  chart.update(data, options);
  return chart;
}
