/** What a stretch of this process costs. Imported before anything else, so that the first one begins with the bundle. */

/** Wall time, and time on a processor: other processes add to the first alone. Milliseconds. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** Begins to measure. @returns what ends it */
export function startMeasure(): () => Cost {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { wall: performance.now() - wall, cpu: (user + system) / 1000 };
  };
}

export const endOfLoad = startMeasure();
