/** A prompt crosses from the reading thread unchanged. */
import { expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';
import { packed, unpacked } from '../../../src/host/reading/packed';

it.each([
  ['a.txt', 'One\r\ntwo'],
  [
    'a.prompty',
    '---\nsample:\n  a: hello\n---\nsystem:\nBe {{a}}.\nuser:\n{% for i in [1, 2] %}{{i}}. {{a}} {% endfor %}',
  ],
  ['a.json', '[[{"role": "user", "content": "a\\nb"}], [{"role": "user", "content": ""}]]'],
])('%s', async (file, text) => {
  const input = parsePrompt(text, { file });
  const crossed = structuredClone(packed(input));
  expect(crossed.input).not.toEqual(input);
  expect(await unpacked(crossed)).toEqual(input);
});
