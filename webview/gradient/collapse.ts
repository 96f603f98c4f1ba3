/** What the collapse guard said, in words and as series. Pure. */
import type { RunEventOf } from '../../src/protocol/events';
import type { RunState } from '../../src/protocol/runState';
import { spaceNamed } from '../../src/space/registry';
import { formatQuantity } from '../kit/format';

type Collapse = RunEventOf<'collapse'>;

/** Where nodes choose their edges and no guard is at work: more skip connections than this are the known sign. */
const knownSign = 2;

/** Skip connections that the normal cell may have; undefined where nothing is known to be too many. */
export function allowedSkips(run: RunState): number | undefined {
  const said = run.collapses.at(-1)?.allowed;
  const form = spaceNamed(run.run?.space.type ?? '')?.cells;
  return said ?? (form && !form.whole ? knownSign : undefined);
}

/** The last time that the guard found a collapse. */
export function lastAlarm(run: RunState): Collapse | undefined {
  return run.collapses.findLast(({ rule }) => rule !== undefined);
}

/** What happened and what was kept, and what can be done. */
export function alarmText(alarm: Collapse): { message: string; hint: string } {
  const { rule, skips, allowed, eigenvalue, epoch, stopped, keep } = alarm;
  const sign =
    rule === 'eigenvalue'
      ? `the curvature of the validation loss in α rose too far${eigenvalue === undefined ? '' : ` (largest eigenvalue ${eigenvalue.toPrecision(3)})`}`
      : `${formatQuantity(skips, 'skip connection')} in the normal cell, ${allowed} ${allowed === 1 ? 'is' : 'are'} allowed`;
  const outcome = stopped
    ? `The search ended with epoch ${epoch + 1} and keeps the architecture of epoch ${keep + 1}.`
    : `Epoch ${keep + 1} is the last one without this sign.`;
  const remedy = 'pc-darts, a stronger weight decay of w or fewer epochs make a collapse less likely.';
  return {
    message: `The search collapses: ${sign}. ${outcome}`,
    hint: stopped
      ? `Generate Code uses the kept architecture; any epoch can be chosen with the cells. ${remedy}`
      : `Choose that epoch with the cells to generate its code. ${remedy}`,
  };
}
