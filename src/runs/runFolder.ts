/**
 * A run folder: `config.json`, `events.jsonl`, `checkpoint/`, `genotype.json`, `result.json`. Everything that a run
 * leaves behind is in it, and it is read back with suspicion.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { configSchema, type Config } from '../config/schema';
import { UserError } from '../errors';
import { verdictSchema } from '../protocol/verdict';
import { genotypeFileSchema, genotypeSchema, type GenotypeFile } from '../space/genotype';
import { explainFileError, writeAtomically } from './atomic';
import { CheckpointStore } from './checkpoint';

const runConfigSchema = z.object({
  format: z.literal('nas-workbench/run'),
  version: z.literal(1),
  runId: z.string(),
  name: z.string(),
  /** Absolute path of the config file, for "Open Config". */
  configFile: z.string(),
  /** What relative paths in the config are relative to. */
  configFolder: z.string(),
  tool: z.string(),
  createdAt: z.string(),
  config: configSchema,
  /** Which defaults of the config gave way to the data, as sentences. */
  notices: z.array(z.string()).default([]),
});
/** `config.json` of a run. */
export type RunConfig = z.infer<typeof runConfigSchema>;

const networkResultSchema = z.object({
  genotype: genotypeSchema,
  parameters: z.number(),
  flops: z.number(),
  testLoss: z.number(),
  testAccuracy: z.number(),
});

export const resultSchema = z.object({
  format: z.literal('nas-workbench/result'),
  version: z.literal(1),
  runId: z.string(),
  genotype: genotypeSchema,
  parameters: z.number(),
  flops: z.number(),
  /** Absent when the config asked for no final training. */
  found: networkResultSchema.optional(),
  random: z.array(networkResultSchema),
  /** Whether the search was worth it, why, and what to do next. */
  verdict: verdictSchema,
  /** Limits of the config that the found network breaks, in words. */
  brokenLimits: z.array(z.string()),
  backend: z.string(),
  finishedAt: z.string(),
});
/** `result.json` of a finished run. */
export type RunResult = z.infer<typeof resultSchema>;

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

  get genotypePath(): string {
    return join(this.path, 'genotype.json');
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
        mkdirSync(resolve(parent), { recursive: true });
        mkdirSync(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST' && existsSync(path)) continue;
        throw explainFileError(error, path);
      }
      const run: RunConfig = {
        format: 'nas-workbench/run',
        version: 1,
        runId,
        name: options.name,
        configFile: options.configFile,
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
   * Opens an existing run.
   * @throws UserError when the folder is not one of a run, or of another version
   */
  static open(path: string): RunFolder {
    const file = join(path, 'config.json');
    const run = readChecked(file, runConfigSchema, 'a run folder has a config.json that NAS Workbench wrote');
    return new RunFolder(resolve(path), run);
  }

  /** Keeps a second process from working in this folder. @returns what gives it free again */
  lock(): () => void {
    const path = join(this.path, 'lock');
    const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
    if (holder > 0 && holder !== process.pid && isAlive(holder)) {
      throw new UserError(
        `This run is already being worked on by process ${holder}.`,
        'Stop it there first, or wait until it is done.',
        'locked',
      );
    }
    try {
      writeFileSync(path, String(process.pid));
    } catch (error) {
      throw explainFileError(error, path);
    }
    return () => rmSync(path, { force: true });
  }

  writeGenotype(file: GenotypeFile): void {
    writeAtomically(this.genotypePath, [`${JSON.stringify(file, undefined, 2)}\n`]);
  }

  writeResult(result: RunResult): void {
    writeAtomically(this.resultPath, [`${JSON.stringify(result, undefined, 2)}\n`]);
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

  /** A run can go on when it has a checkpoint or was killed before its first one, and is not finished. */
  get resumable(): boolean {
    return !existsSync(this.resultPath);
  }
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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
  const issue = result.error.issues[0];
  const where = issue?.path.join('.') || 'the file';
  throw new UserError(
    `${file} cannot be used: ${where}: ${issue?.message ?? 'unknown problem'}.`,
    `Expected: ${expectation}.`,
    'run-folder',
  );
}
