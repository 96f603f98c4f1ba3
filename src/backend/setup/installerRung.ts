/** First rung: the package's own installer, which downloads an older library and a ready-made binding. */
import { existsSync, readdirSync } from 'node:fs';
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { watchGrowth } from './growth';
import { fetchPackage, installedPackage, tfjsNode } from './package';
import { run } from './run';
import { npmEnvironment } from './tools';
import type { Rung, RungContext, RungOutput } from './types';

/** Seconds for its download host to send a first byte: behind a closed network the next rung should not wait for it. */
const firstByteWithin = 8;

async function build(context: RungContext): Promise<RungOutput> {
  const { work, downloads, signal, report } = context;
  const env = npmEnvironment(downloads);
  const installed = installedPackage(tfjsNode);
  if (installed) {
    for (const name of ['package.json', 'scripts', 'binding', 'binding.gyp']) {
      await cp(path.join(installed, name), path.join(work, name), { recursive: true });
    }
    // The helpers of the installer are beside the installed package.
    const modules = path.resolve(installed, '..', '..');
    env['NODE_PATH'] = modules;
    env['PATH'] = [path.join(modules, '.bin'), env['PATH']].join(path.delimiter);
  } else {
    await fetchWithHelpers(context, env);
  }
  const step = "Trying tfjs-node's own installer";
  report({ step });
  const onBytes = (bytes: number) => report({ step, detail: `${Math.round(bytes / 1e6)} MB` });
  await run('node', ['scripts/install.js'], {
    cwd: work,
    env,
    signal,
    giveUp: watchGrowth(work, { firstByteWithin, stalledAfter: 120, onBytes }),
  });
  return keepLibrary(work);
}

/** Unpacks the package, with the helpers of its installer but without the JavaScript libraries of tfjs. */
async function fetchWithHelpers(context: RungContext, env: NodeJS.ProcessEnv): Promise<void> {
  const { work, signal } = context;
  const fetched = await fetchPackage(tfjsNode, context);
  for (const name of await readdir(fetched))
    await cp(path.join(fetched, name), path.join(work, name), { recursive: true });
  await rm(fetched, { recursive: true });
  const file = path.join(work, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { dependencies: Record<string, string> };
  delete manifest.dependencies['@tensorflow/tfjs'];
  delete manifest.dependencies['google-protobuf'];
  await writeFile(file, JSON.stringify(manifest));
  context.report({ step: "Fetching the helpers of tfjs-node's installer" });
  await run(
    'npm',
    ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-package-lock'],
    {
      cwd: work,
      env,
      signal,
    },
  );
  env['PATH'] = [path.join(work, 'node_modules', '.bin'), env['PATH']].join(path.delimiter);
}

/** Removes everything but the binding and the libraries. */
async function keepLibrary(work: string): Promise<RungOutput> {
  const flavours = existsSync(path.join(work, 'lib')) ? readdirSync(path.join(work, 'lib')) : [];
  const binding = flavours
    .map((name) => `lib/${name}/tfjs_binding.node`)
    .find((name) => existsSync(path.join(work, name)));
  if (binding === undefined) throw new Error('the installer ended well but left no binding');
  for (const name of await readdir(work)) {
    if (name !== 'lib' && name !== 'deps') await rm(path.join(work, name), { recursive: true });
  }
  await rm(path.join(work, 'deps', 'include'), { recursive: true, force: true });
  const libraries = readdirSync(path.join(work, 'deps', 'lib')).map((name) => `deps/lib/${name}`);
  return { binding, libraries, tfjsNode: tfjsNode.version };
}

/** The rung as the ladder uses it. */
export const installerRung: Rung = { name: 'installer', title: "tfjs-node's own installer", build };
