/** Bundles the editor's suites, and the runner which VS Code calls, into `out/test/editor`. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../process.mjs';

const SUITES = path.join(root, 'test', 'editor');
const OUT = path.join(root, 'out', 'test', 'editor');

/** @returns {Promise<string>} the module to give to VS Code as `extensionTestsPath` */
export async function bundleSuites() {
  // A suite that was deleted must not go on running from an old bundle.
  rmSync(OUT, { recursive: true, force: true });
  const files = readdirSync(SUITES, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.ts'),
  );
  await build({
    entryPoints: [path.join(SUITES, 'harness', 'index.ts'), ...files.map((file) => path.join(SUITES, file))],
    outbase: SUITES,
    outdir: OUT,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: true,
    // `vscode` exists only inside the host; mocha reads its reporters by name at run time.
    external: ['vscode', 'mocha', '@tensorflow/*', 'esbuild'],
    logLevel: 'warning',
  });
  return path.join(OUT, 'harness', 'index.js');
}
