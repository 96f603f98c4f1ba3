/** Steps of a network in the process of the race: what it answers, and what it says where it cannot. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeAvailability } from '../../../src/backend/choose';
import type { TimedNetwork } from '../../../src/network/timedSteps';
import { ProofFailure, ProofProcess } from '../../../src/proof/client';
import { Random } from '../../../src/random';
import { planNetwork } from '../../../src/space/network';
import { proofProcess } from '../../support/proof';
import { randomBatch, smallFixture } from '../../support/supernets';
import { spaceFile, chainOf } from '../generate/spaces';

describe('steps in the process of the race', () => {
  const { plan, mixtures, batch } = smallFixture();
  const supernet: TimedNetwork = { plan, batch, mixtures };
  let child: ProofProcess;
  beforeEach(() => (child = new ProofProcess({ ...proofProcess, threads: 1 })));
  afterEach(() => child.dispose());

  const failure = (outcome: ProofFailure['outcome'], message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof ProofFailure);
    assert.equal(error.outcome, outcome);
    assert.match(error.message, message);
    return true;
  };

  it('are refused before a network is loaded, as batches are before code is built', async () => {
    await assert.rejects(child.step(), failure('broken', /no steps before the network is loaded/));
    await assert.rejects(child.predict(batch), failure('broken', /no network before it is built/));
  });

  it('say that native TensorFlow is not set up where it is not', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'nas-steps-'));
    const { NAS_CACHE_DIR, NAS_NATIVE_DIR } = process.env;
    Object.assign(process.env, { NAS_CACHE_DIR: empty, NAS_NATIVE_DIR: empty });
    const alone = new ProofProcess({ ...proofProcess, threads: 1 });
    try {
      await assert.rejects(alone.load(supernet), failure('unchecked', /Native TensorFlow is not set up/));
    } finally {
      alone.dispose();
      for (const [name, value] of Object.entries({ NAS_CACHE_DIR, NAS_NATIVE_DIR })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      rmSync(empty, { recursive: true, force: true });
    }
  });

  describe('on native TensorFlow', () => {
    before(async function () {
      if (!(await nativeAvailability()).available) this.skip();
    });

    it('are done for a supernet and for a found network, one after the other', async () => {
      const { genotype, network } = spaceFile('chain', chainOf('skip', 'conv_3x3'));
      const found = planNetwork(genotype, network);
      const single = { plan: found, batch: randomBatch(found, 4, Random.fromSeed(1, 'steps')) };
      for (const each of [supernet, single]) {
        await child.load(each);
        assert.ok((await child.step()) > 0);
        assert.ok((await child.step()) > 0);
      }
    });

    it('fail for a batch that is not of the network, and for what is none', async () => {
      const grey = { ...plan, input: { ...plan.input, channels: 1 } };
      await child.load({ ...supernet, batch: randomBatch(grey, 4, Random.fromSeed(1, 'steps')) });
      await assert.rejects(child.step(), failure('broken', /channels|depth/i));
      const nothing = {} as TimedNetwork;
      await assert.rejects(child.load(nothing), failure('broken', /"network"/));
      // It has not taken its process along.
      await child.load(supernet);
      assert.ok((await child.step()) > 0);
    });
  });
});
