/**
 * Where a native TensorFlow set-up is found on disk: `<root>/<version>-<platform>-<arch>/` with a manifest that says which
 * rung of the ladder built it and where its binding is. Nothing is loaded here.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { nativeFolder } from './folders';

/** What `manifest.json` of a set-up holds. */
export interface NativeManifest {
  format: 1;
  /** Which way the set-up was made. */
  rung: 'installer' | 'wheel';
  /** Version that TensorFlow itself reports. */
  tensorflow: string;
  /** Version of the binding's sources. */
  tfjsNode: string;
  /** The binding, relative to the manifest's folder. */
  binding: string;
  /** Size and hash of the binding and of the libraries, by relative path. */
  files: Record<string, { bytes: number; sha256: string }>;
}

/** A set-up found on disk. */
export interface NativeInstall {
  folder: string;
  /** Absolute path of `tfjs_binding.node`. */
  binding: string;
  manifest: NativeManifest;
}

/** Name of the folder of one set-up. */
export function installName(tensorflow: string, platform = process.platform, arch = process.arch): string {
  return `${tensorflow}-${platform}-${arch}`;
}

/** The folders that may hold set-ups, in the order in which they are asked. */
function nativeRoots(given?: string): string[] {
  return [given, process.env['NAS_NATIVE_DIR'], nativeFolder()].filter(
    (root) => root !== undefined && root !== '',
  ) as string[];
}

/** Reads the set-up in one folder; undefined where there is none, or one that is not whole. */
function readInstall(folder: string): NativeInstall | undefined {
  let manifest: NativeManifest;
  try {
    manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as NativeManifest;
  } catch {
    return undefined;
  }
  if (manifest?.format !== 1 || typeof manifest.binding !== 'string') return undefined;
  const binding = path.resolve(folder, manifest.binding);
  const inside = !path.relative(folder, binding).startsWith('..');
  return inside && existsSync(binding) ? { folder, binding, manifest } : undefined;
}

/**
 * The set-ups for this platform: root by root, the newest version first in each.
 * @param given folder asked before NAS_NATIVE_DIR and the cache folder
 */
export function listNative(given?: string): NativeInstall[] {
  const suffix = installName('');
  const folders = nativeRoots(given).flatMap((root) => {
    let names: string[] = [];
    try {
      names = readdirSync(root).filter((name) => name.endsWith(suffix) && name !== suffix);
    } catch {
      // A root that does not exist yet is the usual case before the first set-up.
    }
    names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
    // A root may also be one set-up itself, as when somebody points NAS_NATIVE_DIR at it.
    return [root, ...names.map((name) => path.join(root, name))];
  });
  return [...new Set(folders)].map(readInstall).filter((install) => install !== undefined);
}
