/** A fake model with a token of two characters, so that a token may span a prompt and the text that follows it. */
import type { PromptText } from '../../../src/analysis/shared/following';
import { FakeModel } from './fakeModel';

export class Spanning extends FakeModel {
  /** " c" is one token and takes the place of "z". */
  override tokenize(text: string): number[] {
    return super.tokenize(text.replaceAll(' c', 'z'));
  }

  override decode(ids: readonly number[]): string {
    return super.decode(ids).replaceAll('z', ' c');
  }
}

/** A prompt as the engine hands it on: each token with its place. */
export function promptOf(rendered: string, model: FakeModel = new FakeModel()): PromptText {
  let end = 0;
  const tokens = model.tokenize(rendered).map((id) => {
    const start = end;
    end += model.text(id).length;
    return { id, start, end };
  });
  return { rendered, tokens };
}
