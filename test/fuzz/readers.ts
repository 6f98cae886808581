/** Every reader of outside input, with its fuzzer. */
import type { FuzzReader } from './check';
import { checkpointReaders } from './checkpointReaders';
import { folderReaders } from './folderReaders';
import { pageReader } from './pageReader';
import { probeReader } from './probeReader';
import { textReaders } from './textReaders';
import { tokenizerReaders } from './tokenizerReaders';

export const readers: readonly FuzzReader[] = [
  ...textReaders,
  ...checkpointReaders,
  ...tokenizerReaders,
  ...folderReaders,
  probeReader,
  pageReader,
];
