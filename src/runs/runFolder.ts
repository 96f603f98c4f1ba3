/**
 * A run folder: `config.json`, `events.jsonl`, `checkpoint/`, `genotype.json`, `weights.safetensors`,
 * `result.json`. Everything that a run leaves behind is in it, and it is read back with suspicion.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { isMissing } from '../describe';
import { formatPath } from '../config/formatPath';
import { configPaths } from '../config/paths';
import { configSchema, type Config } from '../config/schema';
import { proofSchema } from '../protocol/proof';
import { testReportSchema } from '../protocol/testReport';
import { UserError } from '../errors';
import { scoreNames } from '../scores';
import { verdictSchema } from '../protocol/verdict';
import { genotypeFileSchema, genotypeSchema, type GenotypeFile } from '../space/genotype';
import { explainFileError, makeFolders, writeAtomically } from './atomic';
import { CheckpointStore } from './checkpoint';
import { takeLock } from './lock';

/** Of all that is in a run folder: it rises when a file in it lacks what this version reads, events as well. */
const version = 3;

const runConfigSchema = z.object({
  format: z.literal('nas-workbench/run'),
  version: z.literal(version, 'another version of NAS Workbench made this run, so start the search anew'),
  runId: z.string(),
  name: z.string(),
  /** Absolute path of the config file. */
  configFile: z.string(),
  /** Its path from the run folder on: both may have been moved together. */
  configFromHere: z.string(),
  /** What relative paths in the config are relative to. */
  configFolder: z.string(),
  tool: z.string(),
  createdAt: z.string(),
  config: configSchema,
  /** Which defaults of the config gave way to the data, as sentences. */
  notices: z.array(z.string()),
});
/** `config.json` of a run. */
export type RunConfig = z.infer<typeof runConfigSchema>;

const networkResultSchema = z.object({
  genotype: genotypeSchema,
  parameters: z.number(),
  flops: z.number(),
  testLoss: z.number(),
  testAccuracy: z.number(),
  /** By `score`; larger is better, log-loss has its sign turned. */
  testScore: z.number(),
  /** Of the found network: what it took the test images for. */
  report: testReportSchema.optional(),
});

export const resultSchema = z.object({
  format: z.literal('nas-workbench/result'),
  version: z.literal(1),
  runId: z.string(),
  genotype: genotypeSchema,
  /** What networks were judged by. */
  score: z.enum(scoreNames),
  parameters: z.number(),
  flops: z.number(),
  /** Absent when the config asked for no final training. */
  found: networkResultSchema.optional(),
  /** Whether the generated code is that network; absent when none was trained or nobody wanted to know. */
  proof: proofSchema.optional(),
  /** The file of its weights, in the run folder; absent as `found` is. */
  weights: z.object({ file: z.string(), bytes: z.number().int().min(0) }).optional(),
  random: z.array(networkResultSchema),
  /** Whether the search was worth it, why, and what to do next. */
  verdict: verdictSchema,
  /** Limits of the config that the found network breaks, in words. */
  brokenLimits: z.array(z.string()),
  /** What computed, with version, instructions and threads. */
  engine: z.string(),
  finishedAt: z.string(),
});
/** `result.json` of a finished run. */
export type RunResult = z.infer<typeof resultSchema>;

/** What the found network is called among those that a run has trained; the others are `random-1`, `trial-1` and so on. */
export const foundNetwork = 'found';

/** The network whose weights a file of a run folder has, by its name. */
export function networkOfWeights(fileName: string): string | undefined {
  const match = /^weights(?:-((?:random|trial)-\d+))?\.safetensors$/.exec(fileName);
  return match ? (match[1] ?? foundNetwork) : undefined;
}

export class RunFolder {
  readonly path: string;
  readonly checkpoints: CheckpointStore;

  private constructor(
    path: string,
    readonly run: RunConfig,
  ) {
    this.path = path;
    this.checkpoints = new CheckpointStore(join(path, 'checkpoint'));
  }

  get eventsPath(): string {
    return join(this.path, 'events.jsonl');
  }

  /** Weights and statistics of the found network, as it was judged. */
  get weightsPath(): string {
    return this.weightsPathOf(foundNetwork);
  }

  /** The same of any trained network. @param network its name */
  weightsPathOf(network: string): string {
    return join(this.path, `weights${network === foundNetwork ? '' : `-${network}`}.safetensors`);
  }

  /** Names of the networks whose weights are there, the found one first. */
  get trainedNetworks(): string[] {
    const names = readdirSync(this.path).flatMap((name) => networkOfWeights(name) ?? []);
    return names.sort(
      (a, b) => Number(b === foundNetwork) - Number(a === foundNetwork) || a.localeCompare(b),
    );
  }

  get genotypePath(): string {
    return join(this.path, 'genotype.json');
  }

  /** Where TensorBoard's event file is, if the config asks for one. */
  get summariesPath(): string {
    return join(this.path, 'tensorboard');
  }

  get resultPath(): string {
    return join(this.path, 'result.json');
  }

  /**
   * Makes a new folder under `parent`, named after time and config.
   * @throws UserError when it cannot be written
   */
  static create(
    parent: string,
    options: {
      name: string;
      config: Config;
      notices?: readonly string[];
      configFile: string;
      configFolder: string;
      tool: string;
      now?: Date;
    },
  ): RunFolder {
    const now = options.now ?? new Date();
    const stamp = now.toISOString().slice(0, 19).replace('T', '-').replace(/:/g, '');
    const slug = options.name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40);
    const base = [stamp, slug].filter(Boolean).join('-');
    for (let attempt = 1; ; attempt++) {
      const runId = attempt === 1 ? base : `${base}-${attempt}`;
      const path = resolve(parent, runId);
      try {
        makeFolders(parent);
        mkdirSync(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST' && existsSync(path)) continue;
        throw explainFileError(error, path);
      }
      const run: RunConfig = {
        format: 'nas-workbench/run',
        version,
        runId,
        name: options.name,
        configFile: options.configFile,
        configFromHere: relative(path, options.configFile),
        configFolder: options.configFolder,
        tool: options.tool,
        createdAt: now.toISOString(),
        config: options.config,
        notices: [...(options.notices ?? [])],
      };
      writeAtomically(join(path, 'config.json'), [`${JSON.stringify(run, undefined, 2)}\n`]);
      return new RunFolder(path, run);
    }
  }

  /**
   * The run in whose folder a file lies.
   * @returns undefined where the folder is no run's
   * @throws UserError as `open`
   */
  static around(file: string): RunFolder | undefined {
    const folder = dirname(resolve(file));
    return existsSync(join(folder, 'config.json')) ? RunFolder.open(folder) : undefined;
  }

  /**
   * Opens an existing run. Its config is looked for where it was from the run folder on, then where it was at all.
   * @param configFile where the config is now; the run remembers it
   * @throws UserError when the folder is not one of a run, or of another version, or there is no such config file
   */
  static open(path: string, configFile?: string): RunFolder {
    const file = join(path, 'config.json');
    const run = readChecked(file, runConfigSchema, 'a run folder has a config.json that NAS Workbench wrote');
    const here = resolve(path);
    if (configFile !== undefined) return new RunFolder(here, relocate(here, run, resolve(configFile)));
    const beside = resolve(here, run.configFromHere);
    return new RunFolder(here, existsSync(beside) ? placed(run, beside) : run);
  }

  /**
   * Whether all files that the config names are there.
   * @throws UserError that names those that are not, and says what can be done
   */
  requireFiles(): void {
    const { config, configFile, configFolder } = this.run;
    const missing = configPaths(config)
      .filter(({ access, value }) => access === 'reads' && !existsSync(resolve(configFolder, value)))
      // What was started from is in the checkpoint.
      .filter(({ key }) => key.at(-1) !== 'initialWeights' || !this.checkpoints.exists)
      .map(({ key, value }) => `${formatPath(key)} ${resolve(configFolder, value)}`);
    if (missing.length === 0) return;
    throw new UserError(
      `Files that the run ${this.run.runId} reads are not there: ${missing.join(', ')}. Paths start at the folder of its config, ${configFile}.`,
      `Put them there, or say where the config is now: nas resume ${this.path} --config FILE`,
      'files-moved',
    );
  }

  /**
   * Keeps a second process from working in this folder.
   * @returns what gives it free again
   * @throws UserError with code `locked` where one does, and with `links` where what a run writes leads out of its folder
   */
  lock(): () => void {
    this.requireNoLinks();
    return takeLock(join(this.path, 'lock'));
  }

  /** A run folder from somebody else may have links in the places of what a run writes. */
  private requireNoLinks(): void {
    const linked = readdirSync(this.path, { withFileTypes: true }).find((entry) => entry.isSymbolicLink());
    const inside = [join(this.path, 'checkpoint'), this.summariesPath].flatMap((path) => {
      if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
      return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
    });
    const [entry] = [...(linked ? [linked] : []), ...inside];
    if (!entry) return;
    throw new UserError(
      `${entry.name} in the run folder ${this.path} is a link: a run writes nothing outside of its folder.`,
      'Replace the link with what it leads to, or start a new run.',
      'links',
    );
  }

  /**
   * Whether the folder is still that of this run.
   * @throws UserError with code `folder-gone` where somebody has removed or replaced it
   */
  requirePresent(): void {
    if (existsSync(join(this.path, 'config.json'))) return;
    throw new UserError(
      `The run folder ${this.path} was removed or moved while the run was under way, so it cannot be gone on with.`,
      'Put the folder back and resume the run, or start a new one.',
      'folder-gone',
    );
  }

  /**
   * Writes a file of the run whole or not at all, and makes no folder anew that was taken away.
   * @throws UserError as `requirePresent`, or when it cannot be written; the old one is then untouched
   */
  write(path: string, pieces: Iterable<string | Uint8Array>): void {
    this.requirePresent();
    writeAtomically(path, pieces);
  }

  writeGenotype(file: GenotypeFile): void {
    this.write(this.genotypePath, [`${JSON.stringify(file, undefined, 2)}\n`]);
  }

  writeResult(result: RunResult): void {
    this.write(this.resultPath, [`${JSON.stringify(result, undefined, 2)}\n`]);
  }

  /** The result, once the run is finished. */
  readResult(): RunResult | undefined {
    return existsSync(this.resultPath)
      ? readChecked(this.resultPath, resultSchema, 'it was changed')
      : undefined;
  }

  /** The genotype of the last finished epoch, if any. */
  readGenotype(): GenotypeFile | undefined {
    if (!existsSync(this.genotypePath)) return undefined;
    return readChecked(this.genotypePath, genotypeFileSchema, 'it was changed');
  }

  /** The file of the weights and its bytes, once the found network is trained. */
  get weights(): RunResult['weights'] {
    const { size: bytes } = statSync(this.weightsPath, { throwIfNoEntry: false }) ?? {};
    return bytes === undefined ? undefined : { file: basename(this.weightsPath), bytes };
  }

  /** Why there is no found network to classify pictures with, and what to do; undefined where there is one. */
  get weightsLack(): { readonly message: string; readonly hint: string } | undefined {
    const { runId, config } = this.run;
    if (!existsSync(this.resultPath)) {
      return { message: `The run ${runId} is not finished.`, hint: 'Wait for its end, or resume it.' };
    }
    if (existsSync(this.weightsPath)) return undefined;
    if (config.final.epochs === 0) {
      const message = `The run ${runId} trained no final network, so there are no weights.`;
      return { message, hint: 'Search with "final.epochs" above 0.' };
    }
    const file = basename(this.weightsPath);
    return {
      message: `The run ${runId} has no weights of its found network: ${file} is not in its folder.`,
      hint: 'Runs of earlier versions kept none. Run the search again.',
    };
  }

  /** It has ended, and its result and what it has found can be read. */
  get isFinished(): boolean {
    try {
      return this.readResult() !== undefined && this.readGenotype() !== undefined;
    } catch (error) {
      // What is damaged is written again when the run is resumed.
      if (error instanceof UserError) return false;
      throw error;
    }
  }

  /** A run can go on when it has a checkpoint or was killed before its first one, and is not finished. */
  get resumable(): boolean {
    return !this.isFinished;
  }
}

/** A run whose config is at a place. */
function placed(run: RunConfig, configFile: string): RunConfig {
  return { ...run, configFile, configFolder: dirname(configFile) };
}

/** Writes down where the config of a run is now. */
function relocate(path: string, run: RunConfig, configFile: string): RunConfig {
  if (!existsSync(configFile)) {
    throw new UserError(`${configFile} does not exist.`, 'Name the config file of the run.', 'files-moved');
  }
  const moved = { ...placed(run, configFile), configFromHere: relative(path, configFile) };
  writeAtomically(join(path, 'config.json'), [`${JSON.stringify(moved, undefined, 2)}\n`]);
  return moved;
}

/** Run folders below `parent`, newest first. */
export function listRuns(parent: string): RunFolder[] {
  if (!existsSync(parent) || !statSync(parent).isDirectory()) return [];
  const names = readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(parent, entry.name, 'config.json')))
    .map((entry) => entry.name);
  return names
    .sort()
    .reverse()
    .flatMap((name) => {
      try {
        return [RunFolder.open(join(parent, name))];
      } catch {
        return [];
      }
    });
}

function readChecked<T>(file: string, schema: z.ZodType<T>, expectation: string): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new UserError(
        `${file} is not valid JSON: ${error.message}`,
        `Expected: ${expectation}.`,
        'run-folder',
      );
    }
    throw explainFileError(error, file);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const where = issue.path.join('.') || 'the file';
  throw new UserError(
    `${file} cannot be used: ${where}${isMissing(issue, value) ? ' is missing' : `: ${issue.message}`}.`,
    `Expected: ${expectation}.`,
    'run-folder',
  );
}
