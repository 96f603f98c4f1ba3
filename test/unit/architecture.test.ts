/** The rooms of `src` and what each may import: the rule of docs/architecture.md as a test. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { circlesOf, fileOf, importsOf, sourceFiles } from '../../scripts/imports';

const root = join(__dirname, '../..');

/** Rooms that a room's files may import from, beside itself. Files directly in src are rooms of their own. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  engine: [],
  random: [],
  version: [],
  threads: [],
  builtFile: [],
  format: [],
  statistics: [],
  scores: ['format'],
  distributions: [],
  cholesky: [],
  describe: [],
  snapshot: ['describe', 'errors'],
  space: ['random', 'describe'],
  cost: ['errors', 'random', 'space'],
  protocol: ['space', 'format', 'scores', 'statistics', 'distributions'],
  data: ['builtFile', 'cholesky', 'errors', 'format', 'random', 'backend', 'describe', 'snapshot', 'threads'],
  // Of search and estimate their registries alone.
  // And of generate what reads genotype files.
  config: ['scores', 'engine', 'errors', 'describe', 'space', 'data', 'search', 'estimate', 'generate'],
  generate: ['describe', 'errors', 'space', 'cost'],
  // Architectures in the text forms of their field.
  published: ['cost', 'errors', 'generate', 'space'],
  // What the editor loads of the two.
  exchange: ['export', 'published'],
  export: ['backend', 'builtFile', 'data', 'errors', 'generate', 'network', 'runs', 'space', 'weights'],
  backend: ['engine', 'errors', 'threads', 'version'],
  runs: ['scores', 'describe', 'errors', 'space', 'config', 'protocol', 'snapshot'],
  network: ['builtFile', 'scores', 'engine', 'errors', 'random', 'snapshot', 'space', 'version'],
  search: [
    'cholesky',
    'scores',
    'space',
    'cost',
    'network',
    'random',
    'protocol',
    'snapshot',
    'statistics',
    'describe',
    'errors',
  ],
  estimate: [
    'cost',
    'describe',
    'errors',
    'network',
    'protocol',
    'random',
    'search',
    'scores',
    'snapshot',
    'space',
    'statistics',
  ],
  // Trained weights by the names of layers in generated code, as arrays and as a file.
  weights: ['data', 'network', 'space'],
  // The check of generated code: its process, and the part of a job that asks it.
  proof: ['backend', 'cost', 'generate', 'network', 'protocol', 'search', 'snapshot', 'space', 'weights'],
  job: [
    'threads',
    'backend',
    'config',
    'cost',
    'data',
    'engine',
    'errors',
    'estimate',
    'network',
    'proof',
    'protocol',
    'random',
    'runs',
    'search',
    'scores',
    'snapshot',
    'space',
    'statistics',
    'weights',
  ],
  // Questions that are asked beside a run, by its parts.
  study: [
    'backend',
    'config',
    'cost',
    'data',
    'engine',
    'errors',
    'estimate',
    'export',
    'format',
    'job',
    'network',
    'protocol',
    'random',
    'runs',
    'search',
    'space',
    'statistics',
    'weights',
  ],
  worker: ['backend', 'errors', 'export', 'job', 'protocol', 'runs', 'study', 'threads'],
  cli: [
    'threads',
    'backend',
    'config',
    'cost',
    'data',
    'engine',
    'errors',
    'estimate',
    'export',
    'generate',
    'job',
    'network',
    'protocol',
    'random',
    'runs',
    'scores',
    'space',
    'study',
    'version',
    'format',
    'statistics',
    'published',
  ],
  editor: [
    'backend',
    'builtFile',
    'config',
    'cost',
    'errors',
    'export',
    'generate',
    'job',
    'protocol',
    'runs',
    'scores',
    'space',
    'version',
    'worker',
    'format',
    'exchange',
  ],
  extension: ['editor'],
};

/** What runs without any tensor library, so that hints and code generation work with no backend: rooms, folders, files. */
const tensorFree = [
  ...['config', 'space', 'cost', 'generate', 'published', 'protocol', 'data', 'runs', 'editor'],
  ...['errors', 'random', 'version', 'format', 'describe', 'snapshot', 'statistics', 'extension'],
  'search/strategies',
  'estimate/estimators',
  ...[
    'batch',
    'dropPath',
    'foundNetwork',
    'mixture',
    'optimizers',
    'parameters',
    'scores',
    'structure',
    'unsupported',
  ].map((name) => `network/${name}`),
  'weights',
  ...['network/supernet', 'network/trainableNetwork', 'network/fused'],
  ...['proof/client', 'proof/process', 'proof/comparison', 'proof/messages'],
  ...['study/memory', 'job/plan', 'worker/client', 'worker/dataClient', 'backend/names', 'backend/folders'],
];

/** `space` for `src/space/x.ts`, `errors` for `src/errors.ts`. */
function roomOf(path: string): string {
  return path.split('/')[1]!.replace(/\.ts$/, '');
}

const files = sourceFiles(root, 'src');
const known = new Set(files);
const imports = files.flatMap((file) => importsOf(root, file));

/** Own files that a file needs at run time, at once or later, by their names from the root; other targets as they are. */
const needs = new Map(
  files.map((file) => [
    file,
    importsOf(root, file)
      .filter(({ typeOnly }) => !typeOnly)
      .map(({ target }) => fileOf(target, known) ?? target),
  ]),
);

/** Without what is imported only while the program runs. */
const needsAtOnce = new Map(
  files.map((file) => [
    file,
    importsOf(root, file)
      .filter(({ typeOnly, isDynamic }) => !typeOnly && !isDynamic)
      .map(({ target }) => fileOf(target, known) ?? target),
  ]),
);

/** The shortest way along run-time imports from a file to a target that is looked for. */
function wayTo(from: string, wanted: (target: string) => boolean, along = needs): string[] | undefined {
  const ways: string[][] = [[from]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const target of along.get(way.at(-1)!) ?? []) {
      if (wanted(target)) return [...way, target];
      if (!seen.has(target)) ways.push([...way, target]);
      seen.add(target);
    }
  }
  return undefined;
}

/** Whether a file is in one of these rooms and folders, or is one of these files. */
function isIn(file: string, places: readonly string[]): boolean {
  return places.some((place) => file === `src/${place}.ts` || file.startsWith(`src/${place}/`));
}

describe('architecture', () => {
  it('knows every room of src', () => {
    const rooms = new Set(files.map(roomOf));
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

  it('lets config know the registries of search and estimate alone', () => {
    const broken = imports.filter(
      ({ file, target }) =>
        roomOf(file) === 'config' &&
        /^src\/(search|estimate)\b/.test(target) &&
        !/^src\/(search\/strateg(y|ies)|estimate\/estimators?)$/.test(target),
    );
    assert.deepEqual(broken, []);
  });

  it('describes schemas with nothing but zod', () => {
    assert.deepEqual(needs.get('src/describe.ts'), ['zod']);
  });

  it('has no file that needs itself by way of others, types included', () => {
    const all = ['src', 'webview', 'kernels'].flatMap((folder) => sourceFiles(root, folder));
    const names = new Set(all);
    const needed = (file: string): string[] =>
      importsOf(root, file).flatMap(({ target }) => fileOf(target, names) ?? []);
    assert.deepEqual(circlesOf(new Map(all.map((file) => [file, needed(file)]))), []);
    const circle = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a', 'd']],
      ['d', []],
    ]);
    assert.deepEqual(circlesOf(circle), [['a', 'b', 'c']], 'circles are found');
  });

  it('keeps tensor libraries out of what works without one, also by way of others', () => {
    const checked = files.filter((file) => isIn(file, tensorFree));
    assert.deepEqual(
      tensorFree.filter((place) => !checked.some((file) => isIn(file, [place]))),
      [],
    );
    const broken = checked
      .map((file) => wayTo(file, (target) => target.startsWith('@tensorflow/')))
      .filter(Boolean);
    assert.deepEqual(broken, []);
    assert.ok(
      wayTo('src/job/run.ts', (target) => target.startsWith('@tensorflow/')),
      'ways are found',
    );
  });

  it('loads tensor libraries where the engine of a job is prepared only, when something computes with them', () => {
    const loading = imports.filter(
      ({ file, target }) => target === 'src/backend/load' && roomOf(file) !== 'backend',
    );
    assert.deepEqual(
      loading.map(({ file, isDynamic }) => [file, isDynamic]),
      [
        ['src/job/engine.ts', true],
        // A process of its own that does nothing else.
        ['src/proof/main.ts', false],
      ],
    );
    const eager = files
      .filter((file) => ['worker', 'cli', 'job', 'study'].includes(roomOf(file)))
      .map((file) => wayTo(file, (target) => target.startsWith('@tensorflow/'), needsAtOnce))
      .filter(Boolean);
    assert.deepEqual(eager, []);
  });

  it('imports tfjs-core and no union package outside the backend room', () => {
    const broken = imports.filter(
      ({ file, target }) =>
        target.startsWith('@tensorflow/') && target !== '@tensorflow/tfjs-core' && roomOf(file) !== 'backend',
    );
    assert.deepEqual(broken, []);
  });

  it('lets the dashboard import protocol, space, scores, random and its own files only', () => {
    const broken = sourceFiles(root, 'webview')
      .flatMap((file) => importsOf(root, file))
      .filter(
        ({ target }) =>
          target.startsWith('src/') && !['protocol', 'space', 'scores', 'random'].includes(roomOf(target)),
      );
    assert.deepEqual(broken, []);
  });

  it('keeps what the dashboard is bundled with free of Node', () => {
    const broken = imports.filter(
      ({ file, target }) =>
        ['space', 'protocol', 'random'].includes(roomOf(file)) && target.startsWith('node:'),
    );
    assert.deepEqual(broken, []);
  });

  it('keeps strategies and estimators unknown to the job, but for the files that start them', () => {
    const interfaces =
      /^src\/(search\/(process|searchData|strategy|strategies)|estimate\/(estimators?|training))$/;
    const broken = imports.filter(
      ({ file, target }) =>
        roomOf(file) === 'job' &&
        file !== 'src/job/startSearch.ts' &&
        /^src\/(search|estimate)\b/.test(target) &&
        !interfaces.test(target),
    );
    assert.deepEqual(broken, []);
  });
});
