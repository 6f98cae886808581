import { describe, expect, it } from 'vitest';
import { commonWord, wordExpression } from '../../../src/document/commonWord';

describe('the word that stands in every line', () => {
  it('is the meaningful one, whatever its letter case', () => {
    expect(commonWord(['She sat on the Bank of the river', 'The bank raised the rate'])).toBe('bank');
    expect(commonWord(['他把钱存进了银行', '银行批准了贷款'])).toBe('银行');
  });

  it.each([
    ['one line', ['a bank']],
    ['only function words', ['the cat and the dog', 'the sun and the moon']],
    ['a prompt whose labels stand in half of the lines', ['Review: good', 'Sentiment: positive', 'Review: bad']],
    ['lines too long for a list', [`bank ${'x '.repeat(300)}`, 'bank']],
    ['numbers', ['chapter 1', 'verse 1']],
  ])('is none: %s', (_, lines) => {
    expect(commonWord(lines)).toBeNull();
  });
});

describe('a typed word as an expression', () => {
  const found = (typed: string, text: string) => {
    const slashed = /^\/(.*)\/([a-z]*)$/s.exec(wordExpression(typed));
    return [...text.matchAll(new RegExp(slashed?.[1] ?? wordExpression(typed), `g${slashed?.[2] ?? 'u'}`))].length;
  };

  it('finds whole words in any letter case', () => {
    expect(found('bank', 'Bank, banks, embank, bank.')).toBe(2);
    expect(found('é', 'É né')).toBe(1);
  });

  it('finds Chinese words inside a sentence', () => {
    expect(found('银行', '他去银行了，银行关门。')).toBe(2);
  });

  it('leaves an expression as it is', () => {
    expect(wordExpression('ban[kd]')).toBe('ban[kd]');
    expect(wordExpression('/Bank/')).toBe('/Bank/');
  });
});
