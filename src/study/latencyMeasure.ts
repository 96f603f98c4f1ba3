/** Makes a config's latency table: measures what it lacks, and checks what it predicts against whole networks. */
import type { LatencyFile, LatencyTable, Measurement } from '../cost/latencyTable';
import type { Part } from '../cost/parts';
import type { Config } from '../config/schema';
import type { EngineOptions } from '../network/engines';
import { Random } from '../random';
import type { NetworkFrame } from '../space/frame';
import type { NetworkPlan } from '../space/plan';
import { planNetwork } from '../space/network';
import type { SearchSpace } from '../space/searchSpace';
import { mean, spearman } from '../statistics';
import { largerPlan, measureNetwork, measureOverhead, measurePart } from './latencyProbe';
import { finalNetwork } from '../job/plan';

/** Networks looked at to see which engine computes those of a config. */
const looked = 8;

/** Final networks of a config, drawn at random: the same for the same seed. */
export function drawNetworks(
  config: Config,
  space: SearchSpace,
  frame: NetworkFrame,
  count: number,
): NetworkPlan[] {
  const random = Random.fromSeed(config.seed, 'latency check');
  return Array.from({ length: count }, () => planNetwork(space.sample(random), finalNetwork(config, frame)));
}

/** What shows which engine computes the final networks of a config: some of them, and what each part is measured in. */
export function latencyPlans(
  config: Config,
  space: SearchSpace,
  frame: NetworkFrame,
  parts: ReadonlyMap<string, Part>,
): NetworkPlan[] {
  return [...drawNetworks(config, space, frame, looked), ...[...parts.values()].map(largerPlan)];
}

export interface MeasureOptions {
  readonly parts: ReadonlyMap<string, Part>;
  readonly engine: EngineOptions;
  readonly runs: number;
  /** What is there already, of the same device and engine. */
  readonly known?: LatencyFile;
  /** Of a table that is new. */
  readonly origin: Pick<LatencyFile, 'device' | 'engine' | 'threads'>;
  onPart(done: number, of: number): void;
  /** Asked between two parts. */
  stopped(): boolean;
}

/** @returns the known entries and the new ones; without the last of them when stopped */
export async function measureTable(options: MeasureOptions): Promise<LatencyFile> {
  const { parts, known, origin, onPart, stopped } = options;
  const entries: Record<string, Measurement> = { ...known?.entries };
  const missing = [...parts].filter(([key]) => !(key in entries));
  const overhead = known?.overhead ?? (await measureOverhead(options));
  for (const [index, [key, part]] of missing.entries()) {
    if (stopped()) break;
    entries[key] = await measurePart(part, overhead.ms, options);
    onPart(index + 1, missing.length);
  }
  return { format: 'nas-workbench/latency', version: 1, ...origin, overhead, entries };
}

export interface CheckedNetwork {
  /** Milliseconds. */
  readonly predicted: number;
  readonly measured: Measurement;
}

export interface LatencyCheck {
  readonly networks: readonly CheckedNetwork[];
  /** Mean of |predicted − measured| / measured. */
  readonly meanError: number;
  /** Rank correlation of predicted and measured times. */
  readonly spearman: number;
}

/** Measures whole networks against what the table says of them. */
export async function checkTable(
  table: LatencyTable,
  plans: readonly NetworkPlan[],
  options: Pick<MeasureOptions, 'engine' | 'runs'>,
): Promise<LatencyCheck> {
  const networks: CheckedNetwork[] = [];
  for (const plan of plans) {
    networks.push({ predicted: table.predict(plan), measured: await measureNetwork(plan, options) });
  }
  return { networks, ...agreement(networks) };
}

export function agreement(networks: readonly CheckedNetwork[]): Omit<LatencyCheck, 'networks'> {
  const errors = networks.map(({ predicted, measured }) => Math.abs(predicted / measured.ms - 1));
  const predicted = networks.map((network) => network.predicted);
  const measured = networks.map((network) => network.measured.ms);
  return { meanError: mean(errors), spearman: spearman(predicted, measured) };
}
