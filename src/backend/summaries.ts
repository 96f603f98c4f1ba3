/** TensorBoard's event files, written by native TensorFlow. */
import { summaryFileWriter } from '@tensorflow/tfjs-node/dist/tensorboard';

/** A point of a curve. */
interface Point {
  readonly tag: string;
  readonly value: number;
  readonly step: number;
}

/** Values that TensorFlow keeps to itself at most, and for how long, milliseconds: each write ends with a flush anyway. */
const kept = { values: 1000, milliseconds: 5000 };

/**
 * Makes a new event file; TensorFlow has to be the backend.
 * @param folder that it is made in
 * @returns what adds values to it, which are in the file when it returns
 */
export function openSummaries(folder: string): (points: readonly Point[]) => void {
  const writer = summaryFileWriter(folder, kept.values, kept.milliseconds);
  return (points) => {
    for (const { tag, value, step } of points) writer.scalar(tag, value, step);
    writer.flush();
  };
}
