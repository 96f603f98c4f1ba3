/** libvips, and what keeps its memory from growing with the pictures that it decodes. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Loaded with the first file that needs it: a thread that decodes plain JPEGs alone does without. */
export async function libvips(): Promise<(typeof import('sharp'))['default']> {
  const { default: sharp } = await import('sharp');
  // No file is decoded twice, and what runs beside it is another file.
  sharp.cache(false);
  sharp.concurrency(1);
  return sharp;
}

/** V8's own collection of garbage, which contexts have that are made once this flag is set. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** Bytes that may wait to be collected. */
const mostWaiting = 32 * 1024 * 1024;

/**
 * Has garbage collected whenever so much of it waits. Files that libvips was given and pixels that it gave lie in its WebAssembly
 * memory until JavaScript collects the few bytes by which it knows them: it sees no need of its own to do so soon, and that memory,
 * once it has grown, never shrinks.
 */
export class Garbage {
  private waiting = 0;
  private collect: (() => void) | undefined;

  /** @param collectorOf gives what collects it, once there is something to be collected */
  constructor(private readonly collectorOf: () => () => void = collector) {}

  /** Counts bytes of which nothing is used for long any more. */
  add(bytes: number): void {
    this.waiting += bytes;
    if (this.waiting < mostWaiting) return;
    this.waiting = 0;
    this.collect ??= this.collectorOf();
    this.collect();
  }
}
