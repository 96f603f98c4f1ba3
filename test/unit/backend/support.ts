/** What the tests of the backend room share: temporary folders, environment variables, set-ups with a false binding. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NativeInstall, NativeManifest } from '../../../src/backend/native';

/** Gives each test of a suite an empty folder, and takes it away afterwards. */
export function useTemporaryFolder(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nas-backend-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** Lets each test of a suite change these environment variables freely. */
export function restoreEnvironment(...names: string[]): void {
  const before: Record<string, string | undefined> = {};
  beforeEach(() => names.forEach((name) => (before[name] = process.env[name])));
  afterEach(() => {
    for (const name of names) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
}

/** A binding in JavaScript that answers the probe like the native one. */
export const soundBinding = `
exports.TF_Version = '9.8.7';
exports.createTensor = () => 1;
exports.executeOp = () => [{ id: 2 }];
exports.tensorDataSync = () => Float32Array.of(7, 10, 15, 22);
`;

/** Writes a set-up whose binding is a JavaScript file. */
export function writeInstall(
  folder: string,
  binding = soundBinding,
  changes: Partial<NativeManifest> = {},
): NativeInstall {
  const manifest: NativeManifest = {
    format: 1,
    rung: 'wheel',
    tensorflow: '9.8.7',
    tfjsNode: '4.22.0',
    binding: 'binding.js',
    files: {},
    ...changes,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'binding.js'), binding);
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  return { folder, binding: path.join(folder, 'binding.js'), manifest };
}

/** Writes a program that stands in for another one, in JavaScript; returns its path. */
export function writeProgram(folder: string, name: string, source: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!${process.execPath}\n${source}`, { mode: 0o755 });
  return file;
}
