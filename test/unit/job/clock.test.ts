import assert from 'node:assert/strict';
import { JobClock } from '../../../src/job/clock';

describe('the bar of a job', () => {
  /** Where the bar stands after each step of a phase. */
  const through = (clock: JobClock, steps: number, from = 0): number[] =>
    Array.from({ length: steps - from }, (_, index) => clock.progress(from + index + 1));

  const assertRises = (seen: readonly number[]): void => {
    seen.forEach((value, index) => assert.ok(index === 0 || value >= seen[index - 1]!, seen.join(' ')));
  };

  it('is the share of the work, where every guess was right', () => {
    const clock = new JobClock();
    clock.begin([
      { steps: 4, stepWork: 10 },
      { steps: 2, stepWork: 30 },
    ]);
    assert.equal(clock.progress(0), 0);
    assert.deepEqual(through(clock, 4), [0.1, 0.2, 0.3, 0.4]);
    clock.begin([{ steps: 2, stepWork: 30 }]);
    assert.deepEqual(through(clock, 2), [0.7, 1]);
  });

  for (const [title, actual] of [
    ['ten times as long as', 200],
    ['a tenth of what', 2],
  ] as const) {
    it(`neither falls nor leaps when a phase is ${title} it was guessed, and ends at 1`, () => {
      const clock = new JobClock();
      const guess = { steps: 20, stepWork: 5 };
      clock.begin([{ steps: 20, stepWork: 5 }, guess, guess]);
      const seen = through(clock, 20);
      clock.begin([{ steps: actual, stepWork: 5 }, guess]);
      assert.equal(clock.progress(0), seen.at(-1));
      seen.push(...through(clock, actual));
      clock.begin([guess]);
      assert.equal(clock.progress(0), seen.at(-1));
      seen.push(...through(clock, 20));
      assertRises(seen);
      assert.equal(seen.at(-1), 1);
    });
  }

  it('goes on from where it was when a job is taken up in the middle of a phase', () => {
    const [first, second] = [
      { steps: 10, stepWork: 1 },
      { steps: 10, stepWork: 3 },
    ];
    const whole = new JobClock();
    whole.begin([first, second]);
    through(whole, 10);
    whole.begin([second]);
    const atStop = through(whole, 6).at(-1)!;
    const resumed = new JobClock(atStop);
    resumed.begin([second], 6);
    assert.equal(resumed.progress(6), atStop);
    const rest = through(resumed, 10, 6);
    through(whole, 10, 6).forEach((value, index) => assert.ok(Math.abs(value - rest[index]!) < 1e-12));
    assert.equal(rest.at(-1), 1);
  });

  it('stays within its phase when that takes more steps than it said, and reaches its end when it takes fewer', () => {
    const clock = new JobClock();
    const phase = { steps: 10, stepWork: 1 };
    clock.begin([phase, phase]);
    assert.equal(clock.progress(14), 0.5);
    clock.begin([phase]);
    assert.equal(clock.progress(3), 0.65);
    assert.equal(clock.progress(10), 1);
  });

  it('is 0 while there is no work yet, and takes the work of an empty phase for none', () => {
    const clock = new JobClock();
    assert.equal(clock.progress(0), 0);
    clock.begin([{ steps: 0, stepWork: 7 }]);
    assert.equal(clock.progress(0), 0);
  });

  it('gives the time that is left at the pace of the phase under way, from the third step on', () => {
    const clock = new JobClock();
    clock.begin([
      { steps: 10, stepWork: 2 },
      { steps: 10, stepWork: 4 },
    ]);
    clock.note(100);
    clock.note(100);
    assert.equal(clock.etaSeconds(2), undefined);
    clock.note(300);
    assert.equal(clock.stepMs, 100);
    // 14 units of work in this phase and 40 in the next, at 0.05 s each.
    assert.ok(Math.abs(clock.etaSeconds(3)! - 54 * 0.05) < 1e-9);
  });
});
