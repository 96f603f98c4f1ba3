/** Runs on disk for the tests of the editor's parts that need no editor. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema, type ConfigInput } from '../../../src/config/schema';
import type { RunEvent } from '../../../src/protocol/events';
import type { Telemetry } from '../../../src/protocol/worker';
import { RunFolder } from '../../../src/runs/runFolder';

/** A folder for one test, removed after it. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(() => (folder.path = mkdtempSync(join(tmpdir(), 'nas-editor-'))));
  afterEach(() => rmSync(folder.path, { recursive: true, force: true }));
  return folder;
}

export function makeRun(parent: string, config: ConfigInput = {}): RunFolder {
  return RunFolder.create(parent, {
    name: 'digits',
    config: configSchema.parse(config),
    configFile: join(parent, 'digits.nas.json'),
    configFolder: parent,
    tool: 'test',
  });
}

export function stepEvent(seq: number): RunEvent {
  const numbers = { epoch: 0, step: seq + 1, loss: 2, accuracy: 0.5, learningRate: 0.1 };
  return { type: 'step', seq, time: 0, phase: 'search', index: 0, ...numbers };
}

export function epochEvent(seq: number, epoch: number): RunEvent {
  return { type: 'epoch', seq, time: 0, phase: 'search', index: 0, epoch, loss: 1.5, accuracy: 0.5 };
}

export const runningTelemetry: Telemetry = {
  state: 'running',
  activity: '',
  phase: 'search',
  epoch: 2,
  epochs: 6,
  step: 90,
  steps: 180,
  progress: 0.4,
  etaSeconds: 95,
  stepMs: 40,
  engine: 'fused engine 1',
  residentBytes: 300 * 2 ** 20,
};
