/**
 * Latency of networks from a table of measured parts: the sum over the parts of one forward pass for one image, plus what
 * a pass takes whatever the network. The table is a file, so that it can come from another device.
 */
import * as z from 'zod';
import { UserError } from '../errors';
import type { NetworkPlan } from '../space/plan';
import { formatShape, networkParts, partKey, type Part } from './parts';

const measurement = z.strictObject({
  /** Median, in the quietest stretch of the runs where this tool measured it. */
  ms: z.number().min(0),
  /** Between the first and the third quartile there, ms. */
  spread: z.number().min(0),
  runs: z.number().int().min(1),
});
export type Measurement = z.infer<typeof measurement>;

export const latencyFileSchema = z.strictObject({
  format: z.literal('nas-workbench/latency'),
  version: z.literal(1),
  /** Processor and software that it was measured with, for people. */
  device: z.string().min(1),
  /** What computed the networks, e.g. `fused` or `reference on wasm`. */
  engine: z.string().min(1),
  threads: z.number().int().min(1),
  /** Of a forward pass through a network of next to nothing. */
  overhead: measurement,
  /** By `partKey`. */
  entries: z.record(z.string(), measurement),
});
export type LatencyFile = z.infer<typeof latencyFileSchema>;

export class LatencyTable {
  /** @param source name of the file, for messages */
  constructor(
    readonly file: LatencyFile,
    private readonly source: string,
  ) {}

  /** @throws UserError when the text is no latency table */
  static parse(text: string, source: string): LatencyTable {
    return new LatencyTable(parseLatencyFile(text, source), source);
  }

  /**
   * Milliseconds of one part.
   * @throws UserError when the table does not have it
   */
  part(part: Part): number {
    const entry = this.file.entries[partKey(part)];
    if (entry) return entry.ms;
    throw new UserError(
      `The latency table ${this.source} has no ${part.label} over ${formatShape(part.input)} (${partKey(part)}).`,
      `Measure it on the device that counts: nas latency CONFIG --out ${this.source} adds what is missing.`,
      'latency-missing',
    );
  }

  /**
   * Milliseconds of one forward pass for one image.
   * @throws UserError as `part`
   */
  predict(plan: NetworkPlan): number {
    return networkParts(plan).reduce((sum, part) => sum + this.part(part), this.file.overhead.ms);
  }
}

/** @throws UserError when the text is no latency table */
export function parseLatencyFile(text: string, source: string): LatencyFile {
  const hint = 'Make one with: nas latency CONFIG --out FILE';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${source} is not valid JSON, so it is no latency table.`, hint, 'latency-broken');
  }
  const format =
    typeof value === 'object' && value !== null ? (value as { format?: unknown }).format : undefined;
  if (format !== 'nas-workbench/latency') {
    throw new UserError(`${source} is no latency table.`, hint, 'latency-broken');
  }
  const parsed = latencyFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new UserError(
    `The latency table ${source} is broken at ${path.join('.') || 'its top'}: ${message}.`,
    hint,
    'latency-broken',
  );
}
