/**
 * The only place that touches `acquireVsCodeApi`: the channel to the host and the intent kept across reloads. Facts are never
 * kept here; they are fetched again.
 */

import type { Intent, PanelHostApi, PanelPageApi } from '../../src/analysis/panel';
import { Channel } from '../../src/protocol/channel';
import { failures } from './failure';

interface WorkbenchApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): WorkbenchApi;

export type HostChannel = Channel<PanelHostApi, PanelPageApi>;

export interface Host {
  channel: HostChannel;
  /** Null on a first opening, or when another version of the page wrote the intent. */
  savedIntent(): Intent | null;
  saveIntent(intent: Intent): void;
}

const VERSION = 1;

/** May be called only once per page, because the workbench hands its API out only once. */
export function connectHost(): Host {
  const workbench = acquireVsCodeApi();
  const channel: HostChannel = new Channel(
    {
      post: (message) => workbench.postMessage(message),
      onMessage: (listener) => window.addEventListener('message', (event) => listener(event.data)),
      // The page lives exactly as long as its host, so there is no close event to report.
      onClose: () => {},
    },
    failures,
  );
  return {
    channel,
    savedIntent() {
      const saved = workbench.getState() as { version?: number; intent?: Intent } | null | undefined;
      return saved?.version === VERSION && saved.intent?.version === VERSION ? saved.intent : null;
    },
    saveIntent: (intent) => workbench.setState({ version: VERSION, intent }),
  };
}
