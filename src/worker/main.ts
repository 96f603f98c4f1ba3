/**
 * Entry of the worker process: greets the host, prepares one run, runs it, and reports. Ends with
 * its parent.
 */
import { join } from 'node:path';
import { asError, UserError } from '../errors';
import { Control } from '../job/control';
import { prepareJob } from '../job/prepare';
import { requireMemory } from '../study/memoryCheck';
import { runJob } from '../job/run';
import {
  workerCommandSchema,
  workerProtocolVersion,
  type WorkerCommand,
  type WorkerMessage,
} from '../protocol/worker';
import { RunFolder } from '../runs/runFolder';

const control = new Control();

function send(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.send) return resolve();
    process.send(message, () => resolve());
  });
}

/** Says what the worker is doing before the first step. */
function announce(activity: string): void {
  const { rss } = process.memoryUsage();
  const nothing = { epoch: 0, epochs: 0, step: 0, steps: 0, progress: 0 };
  const telemetry = { state: 'loading' as const, activity, ...nothing, residentBytes: rss };
  void send({ type: 'telemetry', telemetry });
}

async function run(command: Extract<WorkerCommand, { type: 'start' }>): Promise<'finished' | 'stopped'> {
  const folder = RunFolder.open(command.runFolder);
  const unlock = folder.lock();
  // Of a host that no longer waits for a checkpoint: the folder is left free, and resumes from the last one.
  process.once('SIGTERM', () => {
    unlock();
    process.exit(143);
  });
  try {
    const { config, configFolder } = folder.run;
    const prepared = requireMemory(
      config,
      await prepareJob(config, {
        configFolder,
        threads: command.threads,
        nativeFolder: command.nativeFolder,
        packedFolder: command.packedDataFolder ?? join(__dirname, 'data'),
        onProgress: announce,
      }),
    );
    return await runJob({
      folder,
      control,
      prepared,
      because: command.because,
      proof: { script: join(__dirname, 'proof.js'), nativeFolder: command.nativeFolder },
      onEvent: (event) => void send({ type: 'event', event }),
      onTelemetry: (telemetry) => void send({ type: 'telemetry', telemetry }),
    });
  } finally {
    unlock();
  }
}

let started = false;

async function receive(raw: unknown): Promise<void> {
  const parsed = workerCommandSchema.safeParse(raw);
  if (!parsed.success) {
    await send({ type: 'failed', message: `The host sent an unknown message: ${parsed.error.message}` });
    process.exit(1);
  }
  const command = parsed.data;
  switch (command.type) {
    case 'pause':
      return control.pause();
    case 'resume':
      return control.resume();
    case 'stop':
      return control.stop();
    case 'start': {
      if (started) return;
      started = true;
      try {
        await send({ type: 'done', outcome: await run(command) });
        process.exit(0);
      } catch (error) {
        const { message, stack } = asError(error);
        const known = error instanceof UserError;
        await send({
          type: 'failed',
          message,
          hint: known ? error.hint : undefined,
          stack: known ? undefined : stack,
        });
        process.exit(1);
      }
    }
  }
}

// A worker without its host would go on for hours unseen.
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => void receive(message));
void send({ type: 'hello', version: workerProtocolVersion, pid: process.pid });
