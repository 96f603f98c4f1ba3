import type { Runner } from 'mocha';

/** What became of one test. */
export interface TestRecord {
  /** With those of its suites. */
  readonly title: string;
  /** Relative to the folder that mocha runs in. */
  readonly file: string;
  /** Undefined for a test that was skipped. */
  readonly state?: 'passed' | 'failed';
  readonly milliseconds: number;
  /** Made by the test and the hooks before it. */
  readonly assertions: number;
  /** Seconds that it, the hooks before it and its children that ended took of the processors. */
  readonly processor: number;
}

/** What a run of mocha did. */
export interface TestStats {
  readonly passes: number;
  /** With those of hooks. */
  readonly failures: number;
  readonly pending: number;
  /** Calls of `node:assert/strict`. */
  readonly assertions: number;
  /** Seconds of the processors before the first test. */
  readonly loading: number;
  readonly tests: readonly TestRecord[];
  /** Tests and hooks. */
  readonly failed: readonly { readonly title: string; readonly error: string }[];
}

/** Follows a run. @returns to be called when it has ended */
export function collect(runner: Runner): () => TestStats;
