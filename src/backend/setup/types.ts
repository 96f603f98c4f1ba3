/** What the parts of the native set-up say to each other. */
import type { NativeInstall, NativeManifest } from '../native';

/** What is going on, for a progress bar or a line of text. */
export interface SetupProgress {
  /** A few words, such as "Downloading TensorFlow 2.21.0". */
  step: string;
  /** Done part of this step, 0…1, where it is known. */
  fraction?: number;
  /** More on it, such as the command that runs. */
  detail?: string;
}

/** How a set-up is asked for. */
export interface SetupOptions {
  /** Parent of the set-ups; everything is written below it. */
  folder: string;
  onProgress(progress: SetupProgress): void;
  signal?: AbortSignal;
  /** May install compiler, python3 and pip by apt-get where that is possible; only for unattended machines. */
  allowSystemPackages?: boolean;
  /** Keeps the downloaded wheel, about 270 MB, for somebody else's use. */
  keepDownloads?: boolean;
}

/** A rung that did not work out, and why. */
export interface FailedRung {
  rung: string;
  problem: string;
}

/** How a set-up ended: with a native library, or with the reasons why there is none. */
export interface SetupResult {
  /** `wasm` where no rung worked: the embedded fallback stays in use. */
  rung: NativeManifest['rung'] | 'wasm';
  install?: NativeInstall;
  /** TensorFlow's version, of a native set-up. */
  tensorflow?: string;
  /** True where a working set-up was found and nothing had to be done. */
  already: boolean;
  /** Rungs tried in vain, in order. */
  failed: FailedRung[];
  /** The outcome in one or two sentences. */
  summary: string;
}

/** What a rung may use. */
export interface RungContext {
  /** Empty folder; what is left in it at the end becomes the set-up. */
  work: string;
  /** Kept from one try to the next. */
  downloads: string;
  signal?: AbortSignal;
  allowSystemPackages: boolean;
  report(progress: SetupProgress): void;
}

/** What a rung leaves in its folder; paths are relative to it. */
export interface RungOutput {
  binding: string;
  /** Files to record with their hash, the binding aside. */
  libraries: string[];
  tfjsNode: string;
}

/** One way to get a native library. */
export interface Rung {
  name: NativeManifest['rung'];
  /** What messages call it. */
  title: string;
  /** @throws Error with the reason when this way is closed */
  build(context: RungContext): Promise<RungOutput>;
}
