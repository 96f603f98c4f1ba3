/**
 * Builds everything that ships: `node esbuild.js [--production] [--watch] [--analyze]`.
 * Each target is one file in dist/ that needs no node_modules.
 */
const { execFileSync } = require('node:child_process');
const {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch: watchFolder,
  writeFileSync,
} = require('node:fs');
const path = require('node:path');
const { compileFunction } = require('node:vm');
const esbuild = require('esbuild');
const { licenseTexts } = require('./scripts/licenses.cjs');

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const analyze = process.argv.includes('--analyze');

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  outdir: 'dist',
  minify: production,
  sourcemap: !production,
  // tfjs looks classes up by their name.
  keepNames: true,
  legalComments: 'linked',
  logLevel: 'warning',
  metafile: true,
};

/**
 * What all programs for Node share; a test bundles with it as well.
 * @type {esbuild.BuildOptions}
 */
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // The modules of tfjs-core instead of its bundle: one copy of each, and only what is used.
  mainFields: ['module', 'main'],
  // The kernels of tfjs-node need little of the union package, and share the single engine of tfjs-core this way.
  alias: { '@tensorflow/tfjs': path.resolve('src/backend/tfjsUnion.ts') },
  // tfjs-core asks for it only when it fetches models by itself, which nothing here does.
  external: ['node-fetch'],
};

/**
 * The decoder of pictures calls the one WebAssembly build of libvips, in a file of its own beside the bundle: that file starts
 * itself as the threads of libvips.
 * @type {esbuild.Plugin}
 */
const sharpOnWasm = {
  name: 'sharp on WebAssembly',
  setup(build) {
    build.onResolve({ filter: /^\.\/sharp\.(mjs|cjs)$/ }, () => ({
      path: './sharp-wasm32.js',
      external: true,
    }));
  },
};

/** @type {esbuild.BuildOptions[]} */
const targets = [
  { ...node, entryPoints: { extension: 'src/extension.ts' }, external: ['vscode', 'node-fetch'] },
  { ...node, entryPoints: { worker: 'src/worker/main.ts' } },
  { ...node, entryPoints: { dataProcess: 'src/worker/dataMain.ts' } },
  { ...node, entryPoints: { proof: 'src/proof/main.ts' } },
  // The extension loads it when something comes in or goes out.
  { ...node, entryPoints: { exchange: 'src/exchange.ts' } },
  {
    ...node,
    entryPoints: { decoder: 'src/data/pictures/main.ts' },
    plugins: [sharpOnWasm],
    define: { 'import.meta.url': '__filename' },
  },
  { ...node, entryPoints: { parquet: 'src/data/table/parquetMain.ts' } },
  // The package gives its code to the main field alone; its names are its own.
  {
    ...node,
    entryPoints: { 'sharp-wasm32': require.resolve('@img/sharp-wasm32/sharp.node') },
    sourcemap: false,
  },
  { ...node, entryPoints: { cli: 'src/cli.ts' }, banner: { js: '#!/usr/bin/env node' } },
  { ...node, entryPoints: { setup: 'src/backend/setup/main.ts' } },
  {
    ...common,
    entryPoints: {
      webview: 'webview/page/main.ts',
      dataPage: 'webview/data/main.ts',
      genotypePage: 'webview/genotype/main.ts',
    },
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    loader: { '.svg': 'dataurl' },
  },
];

/** @param {esbuild.Metafile} metafile */
function refuseTensorsInExtension(metafile) {
  const tensors = Object.keys(metafile.inputs).find((file) => file.includes('node_modules/@tensorflow/'));
  const isExtension = Object.values(metafile.outputs).some(
    ({ entryPoint }) => entryPoint === 'src/extension.ts',
  );
  if (isExtension && tensors)
    throw new Error(`dist/extension.js must not hold a tensor library, and holds ${tensors}`);
}

/**
 * The wasm backend reads its code from files beside the bundle.
 * @param {string} folder
 */
function copyWasm(folder) {
  const wasm = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  for (const flavour of ['', '-simd', '-threaded-simd']) {
    const name = `tfjs-backend-wasm${flavour}.wasm`;
    copyFileSync(path.join(wasm, name), path.join(folder, name));
  }
}

/**
 * The decoder of pictures, with the licences of all that is in it.
 * @param {string} folder
 */
function copySharp(folder) {
  const library = path.dirname(require.resolve('@img/sharp-wasm32/package'));
  const [name] = readdirSync(path.join(library, 'lib')).filter((file) => file.endsWith('.wasm'));
  if (!name) throw new Error(`${library} holds no WebAssembly`);
  copyFileSync(path.join(library, 'lib', name), path.join(folder, name));
  const texts = ['README.md', 'LICENSE'].map((file) => readFileSync(path.join(library, file), 'utf8'));
  writeFileSync(path.join(folder, 'sharp-wasm32.LICENSE.txt'), texts.join('\n\n'));
}

/** Brings `kernels/dispatch.ts` in line with the declaration of the instructions. */
function writeDispatch() {
  const { outputFiles } = esbuild.buildSync({
    ...node,
    entryPoints: ['scripts/kernelDispatch.ts'],
    outdir: undefined,
    legalComments: 'none',
    sourcemap: false,
    write: false,
  });
  /** @type {{ exports: { dispatchText?: () => string } }} */
  const made = { exports: {} };
  compileFunction(outputFiles[0].text, ['module', 'exports', 'require'])(made, made.exports, require);
  const text = made.exports.dispatchText();
  const file = 'kernels/dispatch.ts';
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

/**
 * Compiles a module of kernels/ to dist/.
 * @param {string} source
 * @param {string} name
 * @param {string[]} options
 */
async function compileKernels(source, name, options) {
  const asc = await import('assemblyscript/asc');
  const output = [
    '--outFile',
    `dist/${name}.wasm`,
    '--optimizeLevel',
    '3',
    '--noAssert',
    '--runtime',
    'stub',
  ];
  const { error, stderr } = await asc.main(
    [`kernels/${source}`, ...output, ...options, '--disableWarning', 'AS112'],
    { stdout: process.stdout },
  );
  if (error) throw new Error(`kernels/ does not compile.\n${stderr?.toString() ?? error.message}`);
}

/** Compiles kernels/: those of networks twice, with fused multiply–add and for engines that lack it, and the decoder of JPEGs. */
async function buildKernels() {
  writeDispatch();
  const memory = ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
  // The words below 1024 are the threads' own, see kernels/machine.ts.
  const layout = [...memory, '--memoryBase', '1024'];
  for (const [name, features] of /** @type {const} */ ([
    ['kernels', 'simd,threads'],
    ['kernels-relaxed', 'simd,threads,relaxed-simd'],
  ])) {
    const enabled = features.split(',').flatMap((feature) => ['--enable', feature]);
    await compileKernels('machine.ts', name, [...layout, ...enabled]);
  }
  await compileKernels('jpeg.ts', 'jpeg', [
    '--memoryBase',
    '512',
    '--initialMemory',
    '2',
    '--enable',
    'simd',
  ]);
}

/** Compiles kernels/ anew after every change there, one compilation at a time. */
function watchKernels() {
  let changed = false;
  let running = false;
  const compile = async () => {
    if (running) return;
    running = true;
    while (changed) {
      changed = false;
      try {
        await buildKernels();
        console.log('[watch] kernels compiled');
      } catch (error) {
        console.error(/** @type {Error} */ (error).message);
      }
    }
    running = false;
  };
  watchFolder('kernels', { recursive: true }, () => {
    changed = true;
    // Editors write a file in several steps.
    setTimeout(compile, 100);
  });
}

function copyAssets() {
  mkdirSync('dist', { recursive: true });
  copyWasm('dist');
  copySharp('dist');
  copyFileSync('src/export/onnx/onnx.proto', 'dist/onnx.proto');
  copyFileSync('src/export/python/convert.py', 'dist/convert.py');
  execFileSync(process.execPath, ['scripts/packData.mjs'], { stdio: 'inherit' });
}

async function main() {
  if (watch) {
    copyAssets();
    await buildKernels();
    const contexts = await Promise.all(
      targets.map((target) => esbuild.context({ ...target, logLevel: 'info' })),
    );
    await Promise.all(contexts.map((context) => context.watch()));
    watchKernels();
    return;
  }
  // What ships is exactly what this build made, without the source maps of an earlier one.
  if (production) rmSync('dist', { recursive: true, force: true });
  const results = await Promise.all(targets.map((target) => esbuild.build(target)));
  chmodSync('dist/cli.js', 0o755);
  for (const { metafile } of results) {
    if (!metafile) continue;
    refuseTensorsInExtension(metafile);
    if (analyze) console.log(await esbuild.analyzeMetafile(metafile));
  }
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
  writeFileSync('dist/third-party-licenses.txt', licenseTexts(inputs));
  copyAssets();
  await buildKernels();
}

module.exports = { copyWasm, node };

if (require.main === module) {
  main().catch((error) => {
    // esbuild has printed its own errors already.
    if (!error.errors) console.error(error.message);
    process.exitCode = 1;
  });
}
