/** Watches a folder grow while a command fills it: for progress, and to give up on one that no longer gets on. */
import { folderBytes } from './files';

/** What to watch. */
export interface GrowthOptions {
  /** Seconds without the first byte after which to give up. */
  firstByteWithin?: number;
  /** Seconds without a further byte after which to give up. */
  stalledAfter?: number;
  /** Told the bytes that came since the beginning. */
  onBytes?(bytes: number): void;
  /** Clock in seconds, for tests. */
  now?(): number;
}

/**
 * A function for `RunOptions.giveUp`: it looks at the folder each time it is asked, and answers from what it saw last.
 * @param measure bytes in the folder
 */
export function watchGrowth(
  folder: string,
  options: GrowthOptions,
  measure = folderBytes,
): () => string | undefined {
  const {
    firstByteWithin = Infinity,
    stalledAfter = Infinity,
    onBytes,
    now = () => performance.now() / 1000,
  } = options;
  let first: number | undefined;
  let last = 0;
  let changed = now();
  let looking = false;
  const look = async () => {
    const bytes = await measure(folder);
    first ??= bytes;
    if (bytes - first !== last) {
      last = bytes - first;
      changed = now();
      onBytes?.(last);
    }
    looking = false;
  };
  return () => {
    if (!looking) {
      looking = true;
      void look();
    }
    const quiet = now() - changed;
    if (last === 0 && quiet > firstByteWithin) return `nothing arrived within ${firstByteWithin} s`;
    if (last > 0 && quiet > stalledAfter) return `nothing more arrived for ${stalledAfter} s`;
    return undefined;
  };
}
