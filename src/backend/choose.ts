/** Decides which backend a request gets on this machine, and says why. Nothing is loaded here but by the probe's child. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import packageManifest from '../../package.json';
import { describeEngine } from '../engine';
import { UserError } from '../errors';
import { describeProcessor } from './instructions';
import { type BackendChoice, type BackendName, wasmCost } from './names';
import { listNative, type NativeInstall } from './native';
import { probeNative } from './probe';

/** Where backends are looked for. */
export interface BackendPlaces {
  /** Folder of native set-ups, asked first; the editor passes its own storage. */
  nativeFolder?: string;
  /** Folder of the three .wasm files; default is beside the bundle, else the installed package. */
  wasmFolder?: string;
}

/** Whether one backend can be had here. */
export interface Availability {
  available: boolean;
  /** One sentence. */
  reason: string;
}

/** Native TensorFlow: there, and its probe passes. */
export interface NativeAvailability extends Availability {
  install?: NativeInstall;
  /** Version that the library itself reports. */
  tensorflow?: string;
}

const setUpHint = 'Run `nas setup`, or "Set Up Native TensorFlow" in the command palette.';

/** Looks for a native TensorFlow that passes its probe. @param signal that nobody waits for it any longer */
export async function nativeAvailability(
  places: BackendPlaces = {},
  signal?: AbortSignal,
): Promise<NativeAvailability> {
  let broken = '';
  for (const install of listNative(places.nativeFolder)) {
    const probe = await probeNative(install, { signal });
    if (probe.ok) {
      const { tensorflow } = probe;
      return {
        available: true,
        install,
        tensorflow,
        reason: `Native TensorFlow ${tensorflow} is set up and works.`,
      };
    }
    broken ||= `Native TensorFlow in ${install.folder} does not work: ${probe.problem}.`;
  }
  return { available: false, reason: broken || 'Native TensorFlow is not set up.' };
}

/** Folder of the .wasm files; undefined where they are missing. */
function findWasmFolder(given?: string): string | undefined {
  const candidates = given ? [given] : [__dirname];
  if (!given) {
    try {
      candidates.push(path.dirname(createRequire(__filename).resolve('@tensorflow/tfjs-backend-wasm')));
    } catch {
      // In the packaged extension there is no node_modules; the files are beside the bundle.
    }
  }
  return candidates.find((folder) => existsSync(path.join(folder, 'tfjs-backend-wasm-simd.wasm')));
}

/** Looks for the files of the wasm backend. */
export function wasmAvailability(places: BackendPlaces = {}): Availability & { folder?: string } {
  const folder = findWasmFolder(places.wasmFolder);
  if (!folder) return { available: false, reason: 'The .wasm files of the backend are missing.' };
  return {
    available: true,
    folder,
    reason: 'WebAssembly with SIMD, on one thread: its package has no threads in Node.',
  };
}

/** The backend that a request gets. */
export type ChosenBackend =
  | { name: 'tensorflow'; reason: string; binding: string; version: string }
  | { name: 'wasm'; reason: string; folder: string }
  | { name: 'cpu'; reason: string };

const tfjs = `TensorFlow.js ${packageManifest.devDependencies['@tensorflow/tfjs-core']}`;

/**
 * With version, instructions and threads.
 * @param threads that native TensorFlow gets; the others have one
 */
export function describeBackend(chosen: ChosenBackend, threads: number): string {
  switch (chosen.name) {
    case 'tensorflow':
      return describeEngine(`TensorFlow ${chosen.version} on ${describeProcessor()}`, threads);
    case 'wasm':
      return describeEngine(`${tfjs} in WebAssembly SIMD`, 1);
    case 'cpu':
      return describeEngine(`${tfjs} in plain JavaScript`, 1);
  }
}

/**
 * The backend for a request: for `auto` the fastest that works here.
 * @param signal that nobody waits for it any longer
 * @throws UserError when the one that was asked for cannot be had
 */
export async function chooseBackend(
  choice: BackendChoice,
  places: BackendPlaces = {},
  signal?: AbortSignal,
): Promise<ChosenBackend> {
  const asked = (name: BackendName) => choice === name;
  let before = '';
  if (choice === 'auto' || asked('tensorflow')) {
    const native = await nativeAvailability(places, signal);
    if (native.available && native.install) {
      const { install, reason, tensorflow } = native;
      return { name: 'tensorflow', reason, binding: install.binding, version: tensorflow ?? '' };
    }
    if (asked('tensorflow')) throw new UserError(native.reason, setUpHint, 'native-missing');
    before = `${native.reason} `;
  }
  if (choice === 'auto' || asked('wasm')) {
    const wasm = wasmAvailability(places);
    if (wasm.available && wasm.folder) {
      const reason = asked('wasm') ? wasm.reason : `${before}${wasm.reason} ${wasmCost} ${setUpHint}`;
      return { name: 'wasm', reason, folder: wasm.folder };
    }
    if (asked('wasm')) {
      throw new UserError(
        wasm.reason,
        'Build the project again, or install the extension again.',
        'wasm-missing',
      );
    }
    before += `${wasm.reason} `;
  }
  return { name: 'cpu', reason: `${before}Plain JavaScript, the slowest of the backends.` };
}
