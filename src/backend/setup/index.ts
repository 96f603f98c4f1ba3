/**
 * Sets up native TensorFlow by a ladder: the package's own installer, else the library of the Python package with a binding
 * built here, else the embedded wasm backend stays in use. The same code serves the command line, the editor and the tests.
 */
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeError } from '../../errors';
import { nativeAvailability } from '../choose';
import { wasmCost } from '../names';
import { installName, type NativeInstall, type NativeManifest } from '../native';
import { probeNative } from '../probe';
import { sha256 } from './files';
import { installerRung } from './installerRung';
import { takeLock } from './lock';
import { stopIfCancelled } from './run';
import type { FailedRung, Rung, RungContext, RungOutput, SetupOptions, SetupResult } from './types';
import { wheelRung } from './wheelRung';

export type { SetupOptions, SetupResult } from './types';

/** The rungs in the order in which they are tried. */
const ladder: readonly Rung[] = [installerRung, wheelRung];

/**
 * Makes native TensorFlow available below a folder, unless it is already.
 * @throws UserError when the set-up was cancelled, another one is running, or the folder cannot be written. That no rung
 *   works out is not an error: the result says so.
 */
export async function setUpNative(
  options: SetupOptions,
  rungs: readonly Rung[] = ladder,
): Promise<SetupResult> {
  const { folder, signal } = options;
  const present = await nativeAvailability({ nativeFolder: folder });
  if (present.available && present.install) {
    const { install, tensorflow = '', reason } = present;
    return { rung: install.manifest.rung, install, tensorflow, already: true, failed: [], summary: reason };
  }
  const giveBack = takeLock(folder);
  const work = path.join(folder, '.work');
  const downloads = path.join(folder, 'downloads');
  const context: RungContext = {
    work,
    downloads,
    signal,
    allowSystemPackages: options.allowSystemPackages ?? false,
    report: (progress) => options.onProgress(progress),
  };
  const failed: FailedRung[] = [];
  try {
    for (const rung of rungs) {
      await rm(work, { recursive: true, force: true });
      await mkdir(work, { recursive: true });
      try {
        const install = await climb(rung, context, folder);
        if (!options.keepDownloads) await rm(downloads, { recursive: true, force: true });
        const { tensorflow } = install.manifest;
        const summary = `Native TensorFlow ${tensorflow} is set up (${rung.title}).`;
        return { rung: rung.name, install, tensorflow, already: false, failed, summary };
      } catch (error) {
        stopIfCancelled(signal);
        failed.push({ rung: rung.title, problem: describeError(error) });
        context.report({ step: `${rung.title}: not possible here`, detail: describeError(error) });
      }
    }
    const summary = `Native TensorFlow could not be set up here; the wasm backend is used. ${wasmCost}`;
    return { rung: 'wasm', already: false, failed, summary };
  } finally {
    await rm(work, { recursive: true, force: true });
    giveBack();
  }
}

/** Builds one rung in the working folder, tries it, and moves it to its place. */
async function climb(rung: Rung, context: RungContext, folder: string): Promise<NativeInstall> {
  const { work, signal, report } = context;
  const output = await rung.build(context);
  stopIfCancelled(signal);
  report({ step: 'Testing the binding' });
  const manifest = await describe(rung, output, work);
  const probe = await probeNative({ folder: work, binding: path.join(work, output.binding), manifest });
  if (!probe.ok) throw new Error(`the binding was built but does not work: ${probe.problem}`);
  manifest.tensorflow = probe.tensorflow;
  // Its key holds the path, which changes now.
  await rm(path.join(work, 'probe.json'), { force: true });
  await writeFile(path.join(work, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const target = path.join(folder, installName(probe.tensorflow));
  await rm(target, { recursive: true, force: true });
  await rename(work, target);
  const install = { folder: target, binding: path.join(target, output.binding), manifest };
  await probeNative(install);
  return install;
}

async function describe(rung: Rung, output: RungOutput, work: string): Promise<NativeManifest> {
  const files: NativeManifest['files'] = {};
  for (const name of [output.binding, ...output.libraries]) {
    const stat = await lstat(path.join(work, name));
    // Links of a library name to the file with its version.
    if (stat.isFile()) files[name] = { bytes: stat.size, sha256: await sha256(path.join(work, name)) };
  }
  return {
    format: 1,
    rung: rung.name,
    tensorflow: '',
    tfjsNode: output.tfjsNode,
    binding: output.binding,
    files,
  };
}
