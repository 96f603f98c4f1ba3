/** `nas run` and `nas resume`: the job in this process, with a view of it, until done or interrupted. */
import { dirname, join, resolve as resolvePath } from 'node:path';
import { requireFit, type UsableConfig } from '../config/parse';
import { isInside } from '../config/inside';
import type { Config } from '../config/schema';
import { Control } from '../job/control';
import type { DataFacts } from '../data/dataSet';
import { prepareJob } from '../job/prepare';
import { requireMemory } from '../study/memoryCheck';
import { runJob } from '../job/run';
import { requireInitialWeights } from '../job/weights';
import { proofHolds } from '../protocol/proof';
import { RunFolder } from '../runs/runFolder';
import { UserError } from '../errors';
import { toolName } from '../version';
import { configName, readText } from './files';
import { engineOptions, type ExitCode, type ResumeOptions, type RunOptions } from './options';
import { createView, type View } from './view';

/** Starts a new run. */
export async function run(file: string, options: RunOptions): Promise<ExitCode> {
  return startRun(await requireFit(readText(resolvePath(file)), file), file, options);
}

/**
 * Starts a run of a config that is checked.
 * @param file of the config, where relative paths start
 */
export async function startRun(
  { config: written, notices, facts }: UsableConfig & { readonly facts: DataFacts },
  file: string,
  options: RunOptions,
): Promise<ExitCode> {
  const path = resolvePath(file);
  // Before there is a folder of the run.
  requireInitialWeights(written, facts, dirname(path));
  const config: Config = {
    ...written,
    seed: options.seed ?? written.seed,
    engine: options.engine ?? written.engine,
    output: { ...written.output, tensorboard: options.tensorboard ?? written.output.tensorboard },
  };
  const configFolder = dirname(path);
  const parent = options.out ? resolvePath(options.out) : outputOf(config, configFolder);
  const name = config.name ?? configName(path);
  const origin = { configFile: path, configFolder, tool: toolName };
  const folder = RunFolder.create(parent, { name, config, notices, ...origin });
  return work(folder, options);
}

/**
 * Where the run folders of a config are made.
 * @throws UserError where that is outside of the folder of the config: a config from somebody else writes nowhere else unasked
 */
function outputOf({ output }: Config, configFolder: string): string {
  const parent = resolvePath(configFolder, output.folder);
  if (isInside(parent, [configFolder])) return parent;
  throw new UserError(
    `output.folder is ${parent}, which is outside of the folder of the config.`,
    `Agree with --out ${parent}, or name a folder beside the config.`,
    'outside',
  );
}

/** Goes on with a run. */
export async function resume(path: string, options: ResumeOptions): Promise<ExitCode> {
  const folder = RunFolder.open(path, options.config);
  if (!folder.resumable) {
    throw new UserError(`The run ${folder.run.runId} is finished.`, `Its result is in ${folder.resultPath}.`);
  }
  folder.requireFiles();
  return work(folder, options);
}

async function work(folder: RunFolder, options: RunOptions): Promise<ExitCode> {
  const unlock = folder.lock();
  const view = createView(folder, options.json ?? false);
  const control = new Control();
  const release = stopOnSignal(control, view);
  // A script must not take such a network for a good one.
  let disproved = false;
  try {
    const { config, configFolder } = folder.run;
    const prepared = requireMemory(
      config,
      await prepareJob(config, {
        ...engineOptions(options),
        configFolder,
        packedFolder: join(__dirname, 'data'),
        onProgress: (activity) => view.activity(activity),
      }),
    );
    const outcome = await runJob({
      folder,
      control,
      prepared,
      proof: { script: join(__dirname, 'proof.js') },
      onEvent: (event) => {
        if (event.type === 'proof' && proofHolds(event.proof) === false) disproved = true;
        view.event(event);
      },
      onTelemetry: (telemetry) => view.telemetry(telemetry),
    });
    view.end(outcome);
    if (outcome === 'stopped') return 130;
    return disproved ? 1 : 0;
  } catch (error) {
    view.end('failed');
    throw error;
  } finally {
    release();
    unlock();
  }
}

/** The first signal asks the job to save and stop; a second one ends the process as usual. */
function stopOnSignal(control: Control, view: View): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const stop = (): void => {
    view.activity('Stopping after this step and saving a checkpoint. Once more to stop at once.');
    control.stop();
    release();
  };
  const release = (): void => signals.forEach((signal) => void process.off(signal, stop));
  signals.forEach((signal) => process.on(signal, stop));
  return release;
}
