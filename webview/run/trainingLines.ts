/** The lines that loss and accuracy have in common. */
import type { Line } from '../kit/lineChart';

export const batchLine: Line = {
  label: 'train, batch',
  colour: 'blue',
  width: 1,
  opacity: 0.55,
  quiet: true,
};
export const trainLine: Line = { label: 'train', colour: 'blue', width: 2, points: true };
/** A score of the validation split beside its accuracy. @param label its name */
export function scoreLine(label: string): Line {
  return { label, colour: 'foreground', width: 2, points: true };
}
export const validationLine: Line = {
  label: 'validation',
  colour: 'orange',
  width: 2,
  dash: [6, 3],
  points: true,
};
