/** Compiles and runs generated TypeScript in processes of their own: the suite's is to stay free of tensor libraries. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * @param file TypeScript that depends on TensorFlow.js alone
 * @param root folder whose node_modules has compiler and library
 * @returns what the program prints
 * @throws with the compiler's messages
 */
export async function compileAndRun(file: string, root: string): Promise<string> {
  const modules = path.join(root, 'node_modules');
  const work = mkdtempSync(path.join(root, 'out', 'generated-'));
  try {
    const compilerOptions = {
      ...{
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        types: [],
        target: 'es2022',
        lib: ['es2022', 'dom'],
      },
      ...{ module: 'preserve', moduleResolution: 'bundler', paths: { '*': [path.join(modules, '*')] } },
    };
    const project = path.join(work, 'tsconfig.json');
    writeFileSync(project, JSON.stringify({ compilerOptions, files: [file] }));
    const compiler = path.join(modules, 'typescript-native', 'bin', 'tsc');
    await run(process.execPath, [compiler, '--project', project]).catch((error: { stdout?: string }) => {
      throw new Error(error.stdout, { cause: error });
    });
    const bundle = path.join(work, path.basename(file).replace(/ts$/, 'cjs'));
    const bundler = path.join(modules, 'esbuild', 'bin', 'esbuild');
    const options = [
      '--bundle',
      '--platform=node',
      '--format=cjs',
      '--log-level=error',
      `--outfile=${bundle}`,
    ];
    await run(process.execPath, [bundler, file, ...options], { env: { ...process.env, NODE_PATH: modules } });
    return (await run(process.execPath, [bundle])).stdout;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
