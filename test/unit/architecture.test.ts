/** The rooms of `src` and what each may import: the rule of docs/architecture.md as a test. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../..');

/** Rooms that a room's files may import from, beside itself. Files directly in src are rooms of their own. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  random: [],
  version: [],
  format: [],
  space: ['random'],
  cost: ['space'],
  protocol: ['space', 'format'],
  data: ['errors', 'random', 'backend'],
  config: ['errors', 'space', 'data'],
  generate: ['errors', 'space', 'cost'],
  backend: ['errors', 'version'],
  runs: ['errors', 'space', 'config', 'protocol'],
  network: ['errors', 'random', 'space'],
  search: ['config', 'cost', 'network', 'protocol', 'random', 'runs', 'space', 'errors'],
  estimate: ['config', 'cost', 'network', 'protocol', 'random', 'runs', 'search', 'space', 'errors'],
  job: [
    'backend',
    'config',
    'cost',
    'data',
    'errors',
    'estimate',
    'network',
    'protocol',
    'random',
    'runs',
    'search',
    'space',
  ],
  worker: ['backend', 'errors', 'job', 'protocol', 'runs'],
  cli: [
    'backend',
    'config',
    'cost',
    'data',
    'errors',
    'generate',
    'job',
    'protocol',
    'runs',
    'space',
    'version',
    'format',
  ],
  editor: [
    'backend',
    'config',
    'errors',
    'generate',
    'job',
    'protocol',
    'runs',
    'space',
    'version',
    'worker',
    'format',
  ],
  extension: ['editor'],
};

/** Rooms that run without any tensor library, so that hints and code generation work with no backend. */
const tensorFree = [
  'config',
  'space',
  'cost',
  'generate',
  'protocol',
  'data',
  'runs',
  'errors',
  'random',
  'version',
];

/** Of rooms with tensors, what the editor, tensor-free rooms and every engine may touch: files without tensors. */
const tensorFreeFiles = [
  ...['batch', 'dropPath', 'foundNetwork', 'mixture', 'optimizers', 'parameters', 'scores', 'structure'].map(
    (name) => `src/network/${name}.ts`,
  ),
  'src/network/supernet.ts',
  'src/network/trainableNetwork.ts',
  ...sourceFiles('src/network/engine'),
  'src/job/memory.ts',
  'src/job/plan.ts',
  'src/worker/client.ts',
  'src/backend/names.ts',
  'src/backend/folders.ts',
];

interface Import {
  readonly file: string;
  readonly target: string;
  /** True when it vanishes at run time. */
  readonly typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

/** Every import of a file, static and dynamic; own files as paths from the root without extension. */
function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.ES2022,
    true,
  );
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean): void => {
    const own = specifier.startsWith('.');
    const target = own ? relative(root, resolve(root, dirname(file), specifier)) : specifier;
    found.push({ file, target, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const clause = ts.isImportDeclaration(node) ? node.importClause : undefined;
      const typeOnly = ts.isExportDeclaration(node) ? node.isTypeOnly : (clause?.isTypeOnly ?? false);
      add((node.moduleSpecifier as ts.StringLiteral).text, typeOnly);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteral(argument)) add(argument.text, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `space` for `src/space/x.ts`, `errors` for `src/errors.ts`. */
function roomOf(path: string): string {
  return path.split('/')[1]!.replace(/\.ts$/, '');
}

const imports = sourceFiles('src').flatMap(importsOf);

describe('architecture', () => {
  it('knows every room of src', () => {
    const rooms = new Set(sourceFiles('src').map(roomOf));
    assert.deepEqual(
      [...rooms].filter((room) => !(room in allowed)),
      [],
    );
    assert.ok(imports.length > 100);
  });

  it('lets each room import only what its row of the table names', () => {
    const broken = imports.filter(({ file, target }) => {
      if (!target.startsWith('src/')) return false;
      const [from, to] = [roomOf(file), roomOf(target)];
      return from !== to && !allowed[from]?.includes(to);
    });
    assert.deepEqual(broken, []);
  });

  it('imports vscode in src/editor and src/extension.ts only', () => {
    const broken = imports.filter(
      ({ file, target }) =>
        target === 'vscode' && !file.startsWith('src/editor/') && file !== 'src/extension.ts',
    );
    assert.deepEqual(broken, []);
  });

  it('keeps tensor libraries out of the rooms that work without one', () => {
    const broken = imports.filter(
      ({ file, target }) =>
        target.startsWith('@tensorflow/') &&
        (tensorFree.includes(roomOf(file)) || tensorFreeFiles.includes(file)),
    );
    assert.deepEqual(broken, []);
  });

  it('loads backends in the worker and the command line only', () => {
    const broken = imports.filter(
      ({ file, target }) =>
        target === 'src/backend/load' && !['worker', 'cli', 'backend'].includes(roomOf(file)),
    );
    assert.deepEqual(broken, []);
  });

  it('imports tfjs-core and no union package outside the backend room', () => {
    const broken = imports.filter(
      ({ file, target }) =>
        target.startsWith('@tensorflow/') && target !== '@tensorflow/tfjs-core' && roomOf(file) !== 'backend',
    );
    assert.deepEqual(broken, []);
  });

  it('lets the dashboard import protocol, space, random and its own files only', () => {
    const broken = sourceFiles('webview')
      .flatMap(importsOf)
      .filter(
        ({ target }) =>
          target.startsWith('src/') && !['protocol', 'space', 'random'].includes(roomOf(target)),
      );
    assert.deepEqual(broken, []);
  });

  it('keeps strategies and estimators unknown to the job, which asks their registries', () => {
    const broken = imports.filter(
      ({ file, target }) => roomOf(file) === 'job' && /^src\/search\/(?!index|process|strategy)/.test(target),
    );
    assert.deepEqual(
      broken.filter(({ target }) => target !== 'src/search'),
      [],
    );
  });
});
