/** Files that the build makes beside the bundles: programs of threads, and WebAssembly. */
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Path of one of them: beside the bundle, or in dist/ for whoever runs the sources. */
export function builtFile(name: string): string {
  const beside = path.join(__dirname, name);
  return existsSync(beside) ? beside : path.join(__dirname, '../dist', name);
}
