/** Our side of `npm run bench:supernet` as a process of its own, so that its memory is its own: one step at a time, as asked. */
import { readFileSync } from 'node:fs';
import { loadBackend } from '../../src/backend/load';
import type { ArrayBatch } from '../../src/network/batch';
import { createFoundNetwork, createSupernet, type EngineOptions } from '../../src/network/engines';
import type { FoundNetwork } from '../../src/network/foundNetwork';
import type { Mixtures, Supernet } from '../../src/network/supernet';
import type { NetworkPlan } from '../../src/space/plan';

export interface OurRequest {
  readonly plan: NetworkPlan;
  readonly weights: Float32Array;
  /** Absent for a network with one operation an edge. */
  readonly mixtures?: Mixtures;
  readonly batch: ArrayBatch;
  readonly engine: EngineOptions;
}

export type OurCommand = { readonly load: OurRequest } | 'step' | 'memory';

export interface OurAnswer {
  readonly loss?: number;
  readonly seconds?: number;
  /** Peak resident bytes of the process. */
  readonly peak?: number;
  /** Resident bytes before any network was built. */
  readonly empty?: number;
  readonly error?: string;
}

let request: OurRequest;
let supernet: Supernet | undefined;
let found: FoundNetwork | undefined;
let empty = 0;

/** Gradient of the weights, read back as the optimizer gets it. */
async function step(): Promise<OurAnswer> {
  const { batch, weights, mixtures } = request;
  const begin = performance.now();
  const { loss } = supernet
    ? await supernet.differentiate(batch, weights, mixtures!, 'weights')
    : await found!.differentiate(batch, weights);
  return { loss, seconds: (performance.now() - begin) / 1000 };
}

function peak(): number {
  const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
  return match ? 1024 * Number(match[1]) : process.resourceUsage().maxRSS * 1024;
}

async function answer(command: OurCommand): Promise<OurAnswer> {
  if (command === 'step') return step();
  if (command === 'memory') return { peak: peak(), empty };
  await loadBackend('auto');
  empty = process.memoryUsage.rss();
  request = command.load;
  if (request.mixtures) supernet = createSupernet(request.plan, request.engine);
  else found = createFoundNetwork(request.plan, request.engine);
  return {};
}

process.on('message', (command: OurCommand) => {
  answer(command).then(
    (result) => process.send!(result),
    (error: Error) => process.send!({ error: error.stack }),
  );
});
