/** Calls `nas` as a shell does: the built bundle, in a folder of its own for every test. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The built bundle. */
export const builtCli = join(__dirname, '../../dist/cli.js');

const tiny = {
  seed: 5,
  space: { nodes: 1, cells: 3, channels: 2, stemMultiplier: 1 },
  data: { set: 'synthetic', trainImages: 80, testImages: 40, imageSize: 8 },
  training: { batchSize: 8 },
  budget: { epochs: 2 },
  final: { epochs: 1, cells: 3, channels: 2, batchSize: 16, randomNetworks: 1, proof: false },
};

interface Ended {
  readonly code: number | null;
  readonly out: string[];
  readonly err: string;
}

/** Called with every line on a stream, and a function that interrupts the process as Ctrl+C does. */
type OnLine = (line: string, interrupt: () => void) => void;

interface CommandLine {
  /** Of the test that runs. */
  readonly folder: string;
  nas(args: readonly string[], onOutput?: OnLine, onError?: OnLine): Promise<Ended>;
  /** Writes a small config with some changes. @returns its name */
  config(changes?: object, name?: string): string;
}

/**
 * To be called in a suite, outside its tests.
 * @param cli says where `nas` is, at each call
 * @param environment laid over that of the tests. Colours follow the machine, and some build servers are said to show them.
 */
export function useCommandLine(
  cli = (): string => builtCli,
  environment: NodeJS.ProcessEnv = { NO_COLOR: '1' },
): CommandLine {
  let folder = '';
  before(() => assert.ok(existsSync(builtCli), 'dist/cli.js is missing: run npm run build'));
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nas-cli-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get folder() {
      return folder;
    },
    nas(args, onOutput, onError) {
      return new Promise((resolve) => {
        const env = { ...process.env, ...environment };
        const child = spawn(process.execPath, [cli(), ...args], { cwd: folder, env });
        const out: string[] = [];
        const err: string[] = [];
        let interrupted = false;
        const interrupt = (): void => {
          // A second signal would end the process at once, and lines come faster than it stops.
          if (!interrupted) child.kill('SIGINT');
          interrupted = true;
        };
        createInterface({ input: child.stdout }).on('line', (line) => {
          out.push(line);
          onOutput?.(line, interrupt);
        });
        createInterface({ input: child.stderr }).on('line', (line) => {
          err.push(line);
          onError?.(line, interrupt);
        });
        child.on('close', (code) => resolve({ code, out, err: err.join('\n') }));
      });
    },
    config(changes = {}, name = 'tiny.nas.json') {
      writeFileSync(join(folder, name), JSON.stringify({ ...tiny, ...changes }));
      return name;
    },
  };
}

export function jsonLines(lines: readonly string[]): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
