/** Builds the binding between Node and the TensorFlow library with node-gyp, from the C++ sources of tfjs-node. */
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fetchPackage, installedPackage, nodeApiHeaders, tfjsNode } from './package';
import { run } from './run';
import { npmEnvironment, type Python } from './tools';
import type { RungContext } from './types';
import { libraryNames } from './unpack';

/**
 * The build file: the package's own one expects the names and places of an older TensorFlow. The library is found at run
 * time relative to the binding, so a set-up can be moved.
 */
function gypFile(): object {
  const [library, framework] = libraryNames().map((name) => `<(module_root_dir)/../lib/${name}`);
  return {
    targets: [
      {
        target_name: 'tfjs_binding',
        sources: ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'],
        include_dirs: ['../include'],
        defines: ['NAPI_VERSION=8'],
        cflags_cc: ['-std=c++17', '-w'],
        libraries: [library, framework],
        conditions: [
          ['OS=="linux"', { ldflags: ['-Wl,-rpath,\\$$ORIGIN/../lib'] }],
          [
            'OS=="mac"',
            {
              xcode_settings: {
                CLANG_CXX_LANGUAGE_STANDARD: 'c++17',
                OTHER_LDFLAGS: ['-Wl,-rpath,@loader_path/../lib'],
              },
            },
          ],
        ],
      },
    ],
  };
}

/** The `--nodedir` of node-gyp: the headers that came with Node, else those of the stable interface out of a package. */
async function headersFolder(context: RungContext): Promise<string> {
  const { work, downloads, signal } = context;
  // Not process.execPath: in a desktop editor that is Electron.
  const node = await run('node', ['-p', 'process.execPath'], { signal, env: npmEnvironment(downloads) });
  const own = path.resolve(node.trim(), '..', '..');
  const complete = ['node_api.h', 'common.gypi'].every((name) =>
    existsSync(path.join(own, 'include', 'node', name)),
  );
  if (complete) return own;

  const headers = await fetchPackage(nodeApiHeaders, context);
  const folder = path.join(work, 'headers', 'include', 'node');
  await mkdir(folder, { recursive: true });
  await cp(path.join(headers, 'include'), folder, { recursive: true });
  const configurations = { Release: {}, Debug: {} };
  const common = { target_defaults: { default_configuration: 'Release', configurations } };
  await writeFile(path.join(folder, 'common.gypi'), JSON.stringify(common));
  return path.join(work, 'headers');
}

/**
 * Builds `<work>/binding/tfjs_binding.node` against `<work>/lib` and `<work>/include`, and removes what it needed for that.
 * @returns version of the binding's sources
 */
export async function buildBinding(python: Python, context: RungContext): Promise<string> {
  const { work, downloads, signal, report } = context;
  const sources = installedPackage(tfjsNode) ?? (await fetchPackage(tfjsNode, context));
  const headers = await headersFolder(context);
  const build = path.join(work, 'build');
  await mkdir(build, { recursive: true });
  await cp(path.join(sources, 'binding'), path.join(build, 'binding'), { recursive: true });
  await writeFile(path.join(build, 'binding.gyp'), JSON.stringify(gypFile()));
  // npm puts its own node-gyp on the path of a script, wherever npm itself is.
  const scripts = { build: 'node-gyp rebuild' };
  await writeFile(
    path.join(build, 'package.json'),
    JSON.stringify({ name: 'binding', private: true, scripts }),
  );

  const step = 'Building the binding';
  report({ step, detail: 'node-gyp rebuild' });
  await run(
    'npm',
    ['run', 'build', '--', `--nodedir=${headers}`, `--python=${python.command}`, `--devdir=${work}/gyp`],
    {
      cwd: build,
      signal,
      env: npmEnvironment(downloads),
      onLine: (line) => {
        if (/^\s*(CXX|SOLINK)/.test(line)) report({ step, detail: line.trim() });
      },
    },
  );
  await mkdir(path.join(work, 'binding'), { recursive: true });
  await rename(
    path.join(build, 'build', 'Release', 'tfjs_binding.node'),
    path.join(work, 'binding', 'tfjs_binding.node'),
  );
  for (const name of ['build', 'include', 'gyp', 'headers', 'tfjs-node', 'node-api-headers']) {
    await rm(path.join(work, name), { recursive: true, force: true });
  }
  return tfjsNode.version;
}
