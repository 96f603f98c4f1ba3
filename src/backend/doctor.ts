/** What `nas doctor` and the editor's report say: what computes and why, versions, threads, memory, caches. */
import { readdir } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import path from 'node:path';
import packageManifest from '../../package.json';
import { defaultThreads } from '../threads';
import {
  type BackendPlaces,
  chooseBackend,
  describeBackend,
  nativeAvailability,
  wasmAvailability,
} from './choose';
import { cacheFolder, dataFolder } from './folders';
import type { BackendName } from './names';
import { folderBytes } from './setup/files';

/** State of one tensor library. */
export interface LibraryReport {
  name: BackendName;
  available: boolean;
  reason: string;
}

/** Everything that helps to find out why something is slow or missing; sizes in bytes. */
export interface DoctorReport {
  /** The fused engine, as it describes itself. */
  engine: string;
  /** The tensor library that computes what the fused engine has no kernels for, and why. */
  tensors: { name: BackendName; description: string; reason: string };
  libraries: LibraryReport[];
  versions: { nasWorkbench: string; node: string; electron?: string; tfjs: string; tensorflow?: string };
  platform: { os: string; arch: string };
  /** Threads that native TensorFlow uses unless told otherwise. */
  threads: number;
  memory: { total: number; free: number };
  native?: { folder: string; bytes: number; rung: string };
  cache: { folder: string; bytes: number };
  /** Data sets in the cache. */
  data: { name: string; bytes: number }[];
}

async function listData(folder: string): Promise<DoctorReport['data']> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({ name, bytes: await folderBytes(path.join(folder, name)) })),
  );
}

/**
 * Looks at everything the report holds. No tensor library is loaded into this process.
 * @param engine what the fused engine says of itself
 */
export async function collectDoctorReport(engine: string, places: BackendPlaces = {}): Promise<DoctorReport> {
  const native = await nativeAvailability(places);
  const wasm = wasmAvailability(places);
  const chosen = await chooseBackend('auto', places);
  const cache = cacheFolder();
  const { electron } = process.versions;
  return {
    engine,
    tensors: {
      name: chosen.name,
      description: describeBackend(chosen, defaultThreads()),
      reason: chosen.reason,
    },
    libraries: [
      { name: 'tensorflow', available: native.available, reason: native.reason },
      { name: 'wasm', available: wasm.available, reason: wasm.reason },
      { name: 'cpu', available: true, reason: 'Plain JavaScript, always there, the slowest.' },
    ],
    versions: {
      nasWorkbench: packageManifest.version,
      node: process.versions.node,
      ...(electron ? { electron } : {}),
      tfjs: packageManifest.devDependencies['@tensorflow/tfjs-core'],
      ...(native.tensorflow ? { tensorflow: native.tensorflow } : {}),
    },
    platform: { os: process.platform, arch: process.arch },
    threads: defaultThreads(),
    memory: { total: totalmem(), free: freemem() },
    ...(native.install
      ? {
          native: {
            folder: native.install.folder,
            bytes: await folderBytes(native.install.folder),
            rung: native.install.manifest.rung,
          },
        }
      : {}),
    cache: { folder: cache, bytes: await folderBytes(cache) },
    data: await listData(dataFolder(cache)),
  };
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The report as aligned plain text, without a line end after the last line. */
export function formatDoctorReport(report: DoctorReport): string {
  const { versions, memory, native, cache, data } = report;
  const rows: [string, string][] = [
    ['Engine', report.engine],
    ['Tensors', `${report.tensors.description}. ${report.tensors.reason}`],
    ...report.libraries.map(({ name, available, reason }): [string, string] => [
      `  ${name}`,
      `${available ? 'available' : 'not available'}. ${reason}`,
    ]),
    ['Threads', String(report.threads)],
    ['Memory', `${size(memory.free)} free of ${size(memory.total)}`],
    ['NAS Workbench', versions.nasWorkbench],
    ['Node', versions.electron ? `${versions.node} (Electron ${versions.electron})` : versions.node],
    ['TensorFlow.js', versions.tfjs],
    ['TensorFlow', versions.tensorflow ?? 'none'],
    ['Platform', `${report.platform.os} ${report.platform.arch}`],
    ...(native
      ? [['Native set-up', `${native.folder}, ${size(native.bytes)}, by ${native.rung}`] as [string, string]]
      : []),
    ['Cache', `${cache.folder}, ${size(cache.bytes)}`],
    [
      'Data sets',
      data.length === 0
        ? 'none in the cache'
        : data.map((set) => `${set.name} ${size(set.bytes)}`).join(', '),
    ],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
}
