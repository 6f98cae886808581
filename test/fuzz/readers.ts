/** Every reader of what comes from outside, with its fuzzer. */
import type { FuzzReader } from './check';
import { pageReader } from './pageReader';
import { textReaders } from './textReaders';

export const readers: readonly FuzzReader[] = [...textReaders, pageReader];
