/**
 * A process that takes many steps of a search, five an epoch, and tells how many tensors lived after each, and how much
 * memory it held after every tenth.
 */
import * as tf from '@tensorflow/tfjs-core';
import { Control } from '../../../src/job/control';
import { prepareJob } from '../../../src/job/prepare';
import { runJob } from '../../../src/job/run';
import { proofProcess } from '../../support/proof';
import { createRun, tinyConfig } from '../../support/tinyConfig';

async function main(parent: string, engine: 'fused' | 'wasm', epochs: number): Promise<void> {
  // One operation of each kind, since the reference pays for each operation of a cell.
  const operations = ['none', 'skip_connect', 'max_pool_3x3', 'sep_conv_3x3'] as const;
  const config = tinyConfig({
    space: { operations: [...operations] },
    budget: { epochs },
    final: { epochs: 0 },
  });
  const tensors: number[] = [];
  const resident: number[] = [];
  await runJob({
    folder: createRun(parent, config),
    control: new Control(),
    prepared: await prepareJob(config, { configFolder: '/', engine, threads: 2 }),
    proof: proofProcess,
    onEvent: (event) => {
      if (event.type !== 'step') return;
      tensors.push(tf.engine().state.numTensors);
      if (event.step % 10 !== 0) return;
      // What the engine holds, not what the garbage collector has not come to yet.
      globalThis.gc!();
      resident.push(process.memoryUsage.rss());
    },
    onTelemetry: () => undefined,
  });
  process.send!({ tensors, resident }, () => process.exit(0));
}

const [parent, engine, epochs] = process.argv.slice(2);
void main(parent!, engine as 'fused' | 'wasm', Number(epochs));
