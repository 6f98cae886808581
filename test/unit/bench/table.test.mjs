import { describe, expect, it } from 'vitest';
import { figure, growthLines, rowLines, table, targetText, timeText, verdictText } from '../../../bench/table.mjs';

const row = (change) => ({
  id: 'x',
  title: 'plain pass',
  ours: { median: 52.4, low: 51, high: 55 },
  unit: 'ms',
  against: 'transformers',
  peer: { median: 134, low: 130, high: 140 },
  ratio: 134 / 52.4,
  form: 'times',
  target: { sense: 'atLeast', limit: 2.3 },
  met: true,
  ...change,
});

describe('text of the report', () => {
  it('writes three significant digits', () => {
    expect([0.01234, 1.234, 52.44, 853.2, 12345, 0].map(figure)).toEqual([
      '0.0123',
      '1.23',
      '52.4',
      '853',
      '12,345',
      '0.00',
    ]);
    expect(figure(Number.NaN)).toBe('-');
  });

  it('writes the quartiles only where there is a spread', () => {
    expect(timeText({ median: 52.4, low: 51, high: 55 }, 'ms')).toBe('52.4 ms (51.0-55.0)');
    expect(timeText({ median: 2, low: 2, high: 2 }, 's')).toBe('2.00 s');
    expect(timeText(null, 'ms')).toBe('-');
  });

  it('writes a target in the terms of its row', () => {
    expect(targetText(row({}))).toBe('>= 2.3x');
    expect(targetText(row({ target: { sense: 'atMost', limit: 1 / 8 } }))).toBe('<= 0.125x');
    expect(targetText(row({ form: 'percent', target: { sense: 'atLeast', limit: 0.75 } }))).toBe('>= 75 %');
    const alone = { against: '', peer: null, ratio: null, unit: 's', target: { sense: 'under', limit: 3 } };
    expect(targetText(row(alone))).toBe('< 3 s');
    expect(targetText(row({ target: null }))).toBe('');
  });

  it('says of each target whether it is met, missed or not measured', () => {
    expect(verdictText(row({}))).toBe('met');
    expect(verdictText(row({ met: false }))).toBe('MISSED');
    expect(verdictText(row({ met: null }))).toBe('not measured');
    expect(verdictText(row({ target: null, met: null }))).toBe('');
  });

  it('aligns columns and leaves no spaces at the ends of lines', () => {
    const lines = table(['a', 'long header', ''], [['wide cell', 'x', '']]);
    expect(lines).toEqual(['a          long header', '---------  -----------', 'wide cell  x']);
  });

  it('puts both times, the ratio, the target and the verdict of a row on one line', () => {
    const line = rowLines([row({})]).at(-1);
    expect(line).toContain('52.4 ms (51.0-55.0)');
    expect(line).toContain('134 ms (130-140)');
    expect(line).toMatch(/2\.56x +>= 2\.3x +met$/);
  });

  it('shows a skipped peer as a gap', () => {
    const line = rowLines([row({ peer: null, ratio: null, met: null })]).at(-1);
    expect(line).toMatch(/transformers +- +>= 2\.3x +not measured$/);
  });

  it('prints the exponent beside the medians it was fitted to', () => {
    const points = [
      [64, 52],
      [512, 397],
    ];
    const line = growthLines([{ title: 'plain pass', theory: '1 to 2', points, exponent: 0.978 }]).at(-1);
    expect(line).toMatch(/64: 52\.0 ms +512: 397 ms +0\.98 +1 to 2$/);
  });
});
