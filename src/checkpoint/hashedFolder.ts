/** The digest of several files, and whether they still hold its bytes. */
import { createHash } from 'node:crypto';
import type { HashedFile } from './hashedFile';

/** Several files as one: what HashedFile promises of one file holds for all. `sha256` is that of their names and digests. */
export class HashedFolder {
  constructor(
    private readonly parts: readonly HashedFile[],
    readonly sha256: string,
  ) {}

  /** Parts whose names say nothing. */
  static of(parts: readonly HashedFile[]): HashedFolder {
    const digest = createHash('sha256').update(parts.map(({ sha256 }) => sha256).join('\n'));
    return new HashedFolder(parts, digest.digest('hex'));
  }

  async isCurrent(): Promise<boolean> {
    for (const part of this.parts) if (!(await part.isCurrent())) return false;
    return true;
  }

  steadily<R>(work: () => Promise<R>, options?: { thorough: boolean }): Promise<R> {
    return this.parts.reduce((inner, part) => () => part.steadily(inner, options), work)();
  }
}
