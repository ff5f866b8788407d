import { url as debuggerUrl } from 'node:inspector';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import {
  createServerPipeTransport,
  createServerSocketTransport,
  type InitializeParams,
  IPCMessageReader,
  IPCMessageWriter,
  Message,
  type MessageReader,
  type MessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { sealKeyVariable } from '../protocol/protocol.ts';
import { property } from '../workspace/editor-settings.ts';
import { type Serving, type ServingListener, Supervisor, type SupervisorLimits } from './supervisor.ts';
import type { FromThread, ThreadData } from './thread.ts';

export interface SuperviseOptions {
  /** The file that the thread runs. */
  readonly program: string;
  readonly args: readonly string[];
  /** In the place of the usual ones, for tests. */
  readonly limits?: SupervisorLimits;
}

/** As for the threads of an audit: a text of 16 MiB takes 3 GiB at worst. */
const resourceLimits: ResourceLimits = { maxOldGenerationSizeMb: 4096 };

/** Milliseconds between two looks whether the client is alive. */
const clientLook = 3_000;

/** Serves the client at the other end of the channel that the arguments name, until it goes. */
export function supervise({ args, limits, program }: SuperviseOptions): void {
  const env = { ...process.env };
  // Programs that are started from here inherit the environment; the thread takes the key out of its own.
  delete process.env[sealKeyVariable];
  const exit = (code: number): void => process.exit(code);
  let send = (_: Message): void => {};
  const supervisor = new Supervisor({
    start: (givenUp, listener) => startThread(program, env, givenUp, listener),
    send: (message) => send(message),
    exit,
    isDebugged: () => debuggerUrl() !== undefined,
    ...(limits && { limits }),
  });
  const [reader, writer] = channel(args);
  const gone = (): void => supervisor.hangUp();
  send = (message) => {
    writer.write(message).catch(() => {});
  };
  reader.onClose(gone);
  process.once('disconnect', gone);
  writer.onError(() => {});
  reader.onError((error) => process.stderr.write(`${error.message}\n`));
  reader.listen((message) => {
    supervisor.take(message);
    if (Message.isRequest(message) && message.method === 'initialize') watchClient(message.params, gone);
  });
}

function channel(args: readonly string[]): [MessageReader, MessageWriter] {
  for (const [index, arg] of args.entries()) {
    const [name, value = args[index + 1]] = arg.split(/=(.*)/s);
    if (name === '--node-ipc') return [new IPCMessageReader(process), new IPCMessageWriter(process)];
    if (name === '--stdio') break;
    if (name === '--socket') return createServerSocketTransport(Number(value));
    if (name === '--pipe' && value) return createServerPipeTransport(value);
  }
  // The `end` of standard input does not close it.
  process.stdin.once('end', () => process.stdin.destroy());
  return [new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout)];
}

function watchClient(params: unknown, gone: () => void): void {
  const id = property(params, 'processId' satisfies keyof InitializeParams);
  if (typeof id !== 'number') return;
  setInterval(() => {
    try {
      process.kill(id, 0);
    } catch {
      gone();
    }
  }, clientLook).unref();
}

function startThread(
  program: string,
  env: NodeJS.ProcessEnv,
  givenUp: readonly string[],
  listener: ServingListener,
): Serving {
  const workerData: ThreadData = { givenUp };
  // Standard output belongs to the protocol.
  const worker = new Worker(program, { env, workerData, resourceLimits, stdout: true });
  worker.stdout.pipe(process.stderr);
  let isOver = false;
  const die = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    listener.died(reason);
  };
  worker.on('message', (message: FromThread) => {
    if (!isOver) listener.told(message);
  });
  worker.on('error', (error) => die(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => die(`its thread ended with ${code}`));
  return {
    post: (message) => worker.postMessage(message),
    end() {
      isOver = true;
      void worker.terminate();
    },
  };
}
