/** Compiles generated TypeScript in memory, as strictly as the compiler can. */
import path from 'node:path';
import ts from 'typescript';

const root = path.join(__dirname, '../../..');

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: [],
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
 * @returns one line a diagnostic; empty where all is well
 */
export function compilerMessages(sources: ReadonlyMap<string, string>): string[] {
  const files = new Map(
    [...sources].map(([name, text]) => [path.join(root, 'generated-in-memory', name), text]),
  );
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    readFile: (name) => files.get(path.normalize(name)) ?? disk.readFile(name),
    fileExists: (name) => files.has(path.normalize(name)) || disk.fileExists(name),
    getSourceFile: (name, languageVersion, ...rest) => {
      const text = files.get(path.normalize(name));
      if (text === undefined) return disk.getSourceFile(name, languageVersion, ...rest);
      return ts.createSourceFile(name, text, languageVersion, true);
    },
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const name = diagnostic.file ? path.basename(diagnostic.file.fileName) : '';
    const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
    return `${name}:${line + 1} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
  });
}
