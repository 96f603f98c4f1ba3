/** Compiles generated TypeScript as strictly as the compiler can: the native one, which takes a fifth of the time. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const modules = path.join(__dirname, '../../../node_modules');
const compiler = path.join(modules, 'typescript-native/bin/tsc');

const compilerOptions = {
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  lib: ['es2022', 'dom'],
  types: [],
  // The files lie outside of the repository.
  paths: { '*': [path.join(modules, '*')] },
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  allowUnreachableCode: false,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
};

/**
 * @param sources text by file name
 * @param types packages of types that are there beside what is imported
 * @returns one line a diagnostic, `name:line message`; empty where all is well
 * @throws where the compiler does not start
 */
export function compilerMessages(
  sources: ReadonlyMap<string, string>,
  types: readonly string[] = [],
): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'nas-compile-'));
  try {
    for (const [name, text] of sources) writeFileSync(path.join(folder, name), text);
    const project = path.join(folder, 'tsconfig.json');
    writeFileSync(
      project,
      JSON.stringify({
        compilerOptions: { ...compilerOptions, types, typeRoots: [path.join(modules, '@types')] },
        files: [...sources.keys()],
      }),
    );
    const args = [compiler, '--project', project, '--pretty', 'false'];
    const { status, stdout, error } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    if (error) throw error;
    const lines = stdout.split('\n').filter((line) => line !== '');
    if (status !== 0 && lines.length === 0) throw new Error(`The compiler ended with code ${status}.`);
    return lines.map((line) => line.replace(/^(.+)\((\d+),\d+\): error /, '$1:$2 '));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
