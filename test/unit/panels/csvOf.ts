import { csvText } from '../../../src/protocol/csvText';
import type { TableTwin } from '../../../webview/base/a11y';

/** The table as the export writes it, without the fingerprint. */
export const csvOf = ({ names, columns, rows }: TableTwin): string => csvText(names ?? columns, rows);
