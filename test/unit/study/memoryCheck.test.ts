/** Jobs that do not fit into a machine are refused before they take anything, with what would fit. */
import assert from 'node:assert/strict';
import type { Config, ConfigInput } from '../../../src/config/schema';
import { UserError } from '../../../src/errors';
import { prepareJob } from '../../../src/job/prepare';
import { machineMemory, requireMemory } from '../../../src/study/memoryCheck';
import { tinyConfig } from '../../support/tinyConfig';

const gigabyte = 1e9;

describe('memory of a job', () => {
  async function prepared(config: Config) {
    return prepareJob(config, { configFolder: '/', engine: 'fused', threads: 1 });
  }

  /** What is said of a config on a machine. */
  async function refusal(changes: ConfigInput, total: number): Promise<{ config: Config; error: UserError }> {
    const config = tinyConfig(changes);
    const job = await prepared(config);
    try {
      requireMemory(config, job, { total, free: total });
    } catch (error) {
      assert.ok(error instanceof UserError && error.code === 'memory');
      return { config, error };
    }
    throw new assert.AssertionError({ message: 'It is not refused.' });
  }

  it('that the machine has is not spoken of', async () => {
    const config = tinyConfig();
    const job = await prepared(config);
    assert.equal(requireMemory(config, job, { total: 8 * gigabyte, free: 8 * gigabyte }), job);
    const { total, free } = machineMemory();
    assert.ok(total >= free && free > 0);
  });

  it('that is not free now is told, and the job goes on', async () => {
    const config = tinyConfig();
    const job = await prepared(config);
    const { engine } = requireMemory(config, job, { total: 8 * gigabyte, free: gigabyte / 100 });
    assert.match(engine.notices.at(-1)!, /^The run may take \S+ MB of memory, and \S+ MB are free now/);
  });

  const wide: ConfigInput = { final: { epochs: 1, channels: 64, cells: 8, batchSize: 64 } };
  for (const [title, total, keys] of [
    ['a smaller batch', 0.3 * gigabyte, ['final.batchSize']],
    ['a smaller batch and fewer channels', 0.2 * gigabyte, ['final.batchSize', 'final.channels']],
  ] as const) {
    it(`that the machine does not have is refused, and ${title} proposed that fits`, async () => {
      const { config, error } = await refusal(wide, total);
      assert.match(
        error.message,
        /^The run would take about \S+ [GM]B of memory, and this machine has \S+ MB\.$/,
      );
      const changes = Object.fromEntries(
        [...error.hint!.matchAll(/"([a-z]+\.[a-zA-Z]+)": (\d+)/g)].map(([, key, value]) => [
          key,
          Number(value),
        ]),
      );
      assert.deepEqual(Object.keys(changes), keys);
      const { batchSize } = config.final;
      const final = {
        ...config.final,
        batchSize: changes['final.batchSize'] ?? batchSize,
        channels: changes['final.channels'] ?? config.final.channels,
      };
      assert.ok(final.batchSize < batchSize);
      const fitting = { ...config, final };
      const job = await prepared(fitting);
      assert.equal(requireMemory(fitting, job, { total, free: total }), job);
    });
  }

  it('that nothing near would fit into says how to find out', async () => {
    const { error } = await refusal(wide, 0.05 * gigabyte);
    assert.match(error.hint!, /nas inspect/);
  });
});
