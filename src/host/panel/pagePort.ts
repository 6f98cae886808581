/**
 * A page as a port. A hidden page is destroyed and its successor counts its questions from 1 again, so every page gets its own port:
 * closing the old one cancels its questions and keeps late answers away from the new one.
 */
import type { Port } from '../../protocol/channel';
import type { Clause } from '../../protocol/clauses';
import { checkedMessage } from './pageMessages';

export interface PageEnd {
  postMessage(message: unknown): Thenable<boolean>;
  onDidReceiveMessage(listener: (message: unknown) => void): { dispose(): void };
}

export function pagePort(page: PageEnd): Port & { close(reason: Clause): void } {
  let open = true;
  const messages: ((message: unknown) => void)[] = [];
  const closes: ((reason: Clause) => void)[] = [];
  const post = (message: unknown) => {
    if (open) void page.postMessage(message);
  };
  const subscription = page.onDidReceiveMessage((message) => {
    const checked = checkedMessage(message, post);
    if (checked) for (const listener of messages) listener(checked);
  });
  return {
    post,
    onMessage: (listener) => void messages.push(listener),
    onClose: (listener) => void closes.push(listener),
    close: (reason) => {
      if (!open) return;
      open = false;
      subscription.dispose();
      for (const listener of closes) listener(reason);
    },
  };
}
