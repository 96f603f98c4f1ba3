import assert from 'node:assert/strict';
import { allowedSkips, CollapseGuard } from '../../../../src/search/gradient/guard';
import type { GuardOptions } from '../../../../src/search/strategies/gradientOptions';
import type { Genotype } from '../../../../src/space/genotype';
import { dartsOperations } from '../../../../src/space/operations';
import { bench201Operations } from '../../../../src/space/bench201/plan';
import { dartsV1, dartsV2, pcDartsCifar } from '../../../support/genotypes';

const options: GuardOptions = { skips: undefined, eigenvalue: false, action: 'stop' };
/** A cell of NAS-Bench-201 with so many skip connections. */
const cell = (skips: number): Genotype => ({
  space: 'nasbench201',
  operations: Array.from({ length: 6 }, (_, i) => (i < skips ? 'skip_connect' : 'conv_3x3')),
});
const guardOf = (changes: Partial<GuardOptions> = {}, firstEpoch = 0): CollapseGuard =>
  new CollapseGuard({ ...options, ...changes }, bench201Operations, firstEpoch);

describe('collapse guard', () => {
  it('allows a quarter of the edges, more where there is little to choose from', () => {
    assert.equal(allowedSkips(8, dartsOperations), 2);
    assert.equal(allowedSkips(6, bench201Operations), 2);
    assert.equal(allowedSkips(4, dartsOperations), 1);
    assert.equal(allowedSkips(8, ['none', 'skip_connect', 'conv_3x3']), 4);
  });

  it('has nothing against the published cells', () => {
    const guard = new CollapseGuard(options, dartsOperations, 0);
    const skips = [dartsV1, dartsV2, pcDartsCifar].map((genotype, epoch) => {
      const verdict = guard.judge(epoch, genotype);
      assert.equal(verdict.rule, undefined);
      return verdict.skips;
    });
    assert.deepEqual(skips, [3, 2, 1]);
  });

  it('stops at two more than allowed, with the last epoch before', () => {
    const guard = guardOf();
    assert.equal(guard.judge(0, cell(1)).stopped, false);
    assert.deepEqual(guard.judge(1, cell(3)).rule, undefined);
    const verdict = guard.judge(2, cell(4));
    assert.deepEqual(verdict, {
      skips: 4,
      allowed: 2,
      eigenvalue: undefined,
      rule: 'skips',
      stopped: true,
      keep: 1,
    });
    assert.deepEqual(guard.kept, { epoch: 1, genotype: cell(3) });
  });

  it('keeps to a number that the config gives, 0 too', () => {
    const guard = guardOf({ skips: 0 });
    guard.judge(0, cell(1));
    assert.equal(guard.judge(1, cell(2)).stopped, true);
  });

  it('only warns, or only counts, when told so', () => {
    const [warning, counting] = [guardOf({ action: 'warn' }), guardOf({ skips: false })];
    for (const guard of [warning, counting]) guard.judge(0, cell(0));
    assert.deepEqual([warning.judge(1, cell(6)).rule, warning.kept], ['skips', undefined]);
    const { rule, skips } = counting.judge(1, cell(6));
    assert.deepEqual([rule, skips], [undefined, 6]);
  });

  it('does not judge what α is before its first step, nor keep it', () => {
    const guard = guardOf({}, 2);
    assert.equal(guard.judge(0, cell(0)).rule, undefined);
    assert.equal(guard.judge(1, cell(6)).rule, undefined);
    const first = guard.judge(2, cell(5));
    assert.deepEqual([first.rule, first.stopped, first.keep], ['skips', false, 2]);
    guard.judge(3, cell(2));
    assert.deepEqual([guard.judge(4, cell(5)).keep, guard.kept?.epoch], [3, 3]);
  });

  it('measures every second epoch from the first that is searched, if at all', () => {
    const guard = guardOf({ eigenvalue: true }, 3);
    const measured = [0, 1, 2, 3, 4, 5, 6].filter((epoch) => guard.wantsEigenvalue(epoch));
    assert.deepEqual(measured, [3, 5]);
    assert.equal(guardOf().wantsEigenvalue(0), false);
  });

  it('stops when the mean of five eigenvalues is 1.3 times that of four measurements before', () => {
    const run = (growth: number): number[] => {
      const guard = guardOf({ eigenvalue: true });
      const spoke: number[] = [];
      for (let epoch = 0; epoch < 24; epoch++) {
        const value = guard.wantsEigenvalue(epoch) ? 0.2 * growth ** (epoch / 2) : undefined;
        if (guard.judge(epoch, cell(0), value).rule === 'eigenvalue') spoke.push(epoch);
        if (guard.kept) break;
      }
      return spoke;
    };
    // A ratio of growth⁴; the ninth measurement is the first that has a mean four before it.
    assert.deepEqual(run(1.08), [16]);
    assert.deepEqual(run(1.06), []);
  });

  it('goes on from a saved state as if nothing had been', () => {
    const values = [1, 1, 1, 1, 1, 1.5, 1.5, 1.5, 1.5];
    const [whole, parts] = [guardOf({ eigenvalue: true }), guardOf({ eigenvalue: true })];
    let resumed = parts;
    const verdicts = [whole, parts].map((guard, which) =>
      values.map((value, i) => {
        if (which === 1 && i === 5) {
          resumed = guardOf({ eigenvalue: true });
          resumed.restore(JSON.parse(JSON.stringify(parts.state())) as never);
        }
        return (which === 1 ? resumed : guard).judge(2 * i, cell(i % 3), value);
      }),
    );
    assert.deepEqual(verdicts[1], verdicts[0]);
    assert.equal(verdicts[0]!.at(-1)!.rule, 'eigenvalue');
    assert.deepEqual(resumed.kept, { epoch: 14, genotype: cell(1) });
    const after = guardOf();
    after.restore(JSON.parse(JSON.stringify(resumed.state())) as never);
    assert.deepEqual(after.kept, resumed.kept);
  });
});
