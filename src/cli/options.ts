/** What commands of `nas` are given, and what they give back. */
import type { EngineChoice } from '../engine';

/** What a command returns for the shell. */
export type ExitCode = 0 | 1 | 2 | 130;

export interface RunOptions {
  readonly out?: string;
  readonly seed?: number;
  readonly threads?: number;
  readonly engine?: EngineChoice;
  readonly json?: boolean;
  readonly tensorboard?: boolean;
}

export interface ResumeOptions extends RunOptions {
  /** Where the config file of the run is now. */
  readonly config?: string;
}

/** What `nas generate --with` takes. */
export const codeParts = ['weights', 'test', 'training', 'readme'] as const;

/** What of a command's options says what computes. */
export function engineOptions({ engine, threads }: Pick<RunOptions, 'engine' | 'threads'>) {
  return { engine, threads };
}

export interface CorrelateOptions extends RunOptions {
  readonly architectures: number;
  readonly reference: string;
  readonly candidate: string;
}
