/**
 * `prompt-lens serve` offers the tools over the Model Context Protocol, on standard input and output, which carries only its messages. Only
 * this file imports the protocol's packages; it is a bundle of its own.
 */
import { Console } from 'node:console';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  RootsListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { ServeOptions } from '../cli/environment';
import { ToolSet } from '../tools/toolSet';
import { KeptEngine } from './keptEngine';
import { progressReporter } from './progressReporter';

const { version } = JSON.parse(readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };

const instructions =
  'Prompt Lens looks inside a small language model that runs on this machine, on a text of yours: what it expects next, what its ' +
  'answer depends on, what each layer would answer. Probabilities are numbers from 0 to 1; positions and ranks count from 1 in ' +
  'parameters and tables and from 0 in structured content; blocks, layers and heads count from 0 everywhere; in tables · is a space ' +
  'and ⏎ a line end. What holds of this model need not hold of another one.';

const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

/** Resolves when the client has gone and the server and its engine have been shut down. */
export async function serve({ folder, verbose, ...engineOptions }: ServeOptions): Promise<void> {
  globalThis.console = new Console(process.stderr, process.stderr);
  const log = (line: string) => verbose && process.stderr.write(`${line}\n`);
  const engine = new KeptEngine(path.join(__dirname, 'engine.js'), log);
  const server = new Server(
    { name: 'prompt-lens', title: 'Prompt Lens', version },
    { capabilities: { tools: {} }, instructions },
  );
  const roots = rootsOf(server);
  const models = path.join(__dirname, '..', 'models');
  const tools = new ToolSet({
    version,
    readFile,
    bundledFiles: async () => ({ models: [], probes: [path.join(models, 'truth', 'probe.json')] }),
    folders: async () => [folder, ...(await roots())],
    engine: () => engine.current(),
    engineOptions,
    data: true,
  });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.tools.map(({ name, title, description, inputSchema }) => ({
      ...{ name, title, description, inputSchema, annotations: { title, ...annotations } },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal, sendNotification }) => {
    const token = params._meta?.progressToken;
    const send = progressReporter((progress) => {
      if (token === undefined) return;
      void sendNotification({ method: 'notifications/progress', params: { progressToken: token, ...progress } });
    });
    return tools.call({ name: params.name, arguments: params.arguments, signal, onProgress: send });
  });
  server.onerror = (error) => log(error.message);
  const gone = clientGone(server);
  await server.connect(new StdioServerTransport());
  await gone;
  await server.close();
  await engine.dispose();
}

/** Resolves when standard input has ended, when the output has no reader, or on a signal to end. */
function clientGone(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const end = () => resolve();
    process.stdin.once('end', end).once('close', end);
    // The command line's own listener would end the process and leave the engine running.
    process.stdout.removeAllListeners('error').on('error', end);
    process.once('SIGTERM', end).once('SIGINT', end);
    server.onclose = end;
  });
}

/** The folders that the client names, requested again when it reports a change. */
function rootsOf(server: Server): () => Promise<string[]> {
  let known: Promise<string[]> | null = null;
  server.setNotificationHandler(RootsListChangedNotificationSchema, () => {
    known = null;
  });
  const ask = async () => {
    if (!server.getClientCapabilities()?.roots) return [];
    const { roots } = await server.listRoots();
    return roots.flatMap(({ uri }) => (uri.startsWith('file:') ? [fileURLToPath(uri)] : []));
  };
  return () => {
    known ??= ask().catch(() => {
      known = null;
      return [];
    });
    return known;
  };
}
