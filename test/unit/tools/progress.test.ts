import { expect, it } from 'vitest';
import type { Progress } from '../../../src/protocol/request';
import { progressReporter, type ToolProgress } from '../../../src/serve/progressReporter';

const step = (stage: Progress['stage'], done: number, total: number): Progress => ({
  stage,
  done,
  total,
  unit: 'tokens',
});

it('progress only grows, over stages and passes, and at a pace', () => {
  const sent: ToolProgress[] = [];
  let now = 0;
  const report = progressReporter(
    (progress) => sent.push(progress),
    () => now,
  );
  const steps = [
    ...[
      step('opening', 1, 4),
      step('opening', 3, 4),
      step('loading', 0, 0),
      step('running', 5, 10),
      step('running', 10, 10),
    ],
    ...[step('running', 0, 10), step('running', 5, 10)],
  ];
  for (const each of steps) {
    now += 200;
    report(each);
  }
  expect(sent.map(({ progress }) => progress)).toEqual([0.25, 0.75, 1, 2.5, 3, 3.5]);
  expect(sent[3].message).toBe('Running 5 / 10 tokens');
  now += 1;
  report(step('running', 6, 10));
  expect(sent).toHaveLength(6);
});
