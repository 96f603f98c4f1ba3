/** Second rung: the library out of the Python package of TensorFlow, and the binding built on this machine. */
import { UserError } from '../../errors';
import { buildBinding } from './binding';
import { freeBytes } from './files';
import { cancelled } from './run';
import { ensureTools } from './tools';
import type { Rung, RungContext, RungOutput } from './types';
import { libraryNames, unpackWheel } from './unpack';
import { fetchWheel, tensorflowVersions, wheelRequest } from './wheel';

/** Download and unpacked library side by side. */
const neededBytes = 1.3e9;

async function build(context: RungContext): Promise<RungOutput> {
  refusePlatform();
  const free = await freeBytes(context.work);
  if (free < neededBytes) {
    throw new UserError(
      `The disk has ${(free / 1e9).toFixed(1)} GB free, the set-up needs ${neededBytes / 1e9} GB for a while.`,
      'Make room, or set NAS_CACHE_DIR to a folder on another disk.',
      'disk-full',
    );
  }
  const python = await ensureTools(context);
  await unpackWheel(python, await fetchAnyVersion(), context);
  const tfjsNode = await buildBinding(python, context);
  return {
    binding: 'binding/tfjs_binding.node',
    libraries: libraryNames().map((name) => `lib/${name}`),
    tfjsNode,
  };

  async function fetchAnyVersion(): Promise<string> {
    const problems: string[] = [];
    for (const version of tensorflowVersions) {
      try {
        return await fetchWheel(python, wheelRequest(version, python.version), context);
      } catch (error) {
        if (context.signal?.aborted) throw cancelled();
        problems.push(`${version}: ${(error as Error).message}`);
      }
    }
    throw new Error(problems.join('; '));
  }
}

function refusePlatform(): void {
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    throw new Error(`the Python package holds no C library for ${process.platform}`);
  }
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  if (process.platform === 'linux' && header.glibcVersionRuntime === undefined) {
    throw new Error('TensorFlow is built for glibc, and this system has another C library');
  }
}

/** The rung as the ladder uses it. */
export const wheelRung: Rung = { name: 'wheel', title: 'TensorFlow from its Python package', build };
