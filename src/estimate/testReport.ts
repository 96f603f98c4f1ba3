/** From a network's logits on the test split to its report. */
import { keptPictures, type TestReport } from '../protocol/testReport';
import type { JudgedImages } from './testScore';

/** A picture as a person looks at it: [height, width, channels] bytes. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/** @param picture the one at a position of the test split */
export function makeTestReport(
  { labels, predicted, losses }: JudgedImages,
  classNames: readonly string[],
  picture: (position: number) => Picture,
): TestReport {
  const pairs = new Map<number, number>();
  const key = (image: number): number => labels[image]! * classNames.length + predicted[image]!;
  for (let image = 0; image < labels.length; image++) pairs.set(key(image), (pairs.get(key(image)) ?? 0) + 1);
  const confusion = [...pairs]
    .sort(([a], [b]) => a - b)
    .map(([pair, images]): [number, number, number] => [
      Math.floor(pair / classNames.length),
      pair % classNames.length,
      images,
    ]);
  const worst = [...labels.keys()]
    .sort((a, b) => losses[b]! - losses[a]! || a - b)
    .slice(0, keptPictures)
    .map((image) => {
      const { pixels, ...shape } = picture(image);
      return {
        image,
        ...{ truth: labels[image]!, predicted: predicted[image]!, loss: losses[image]! },
        ...shape,
        pixels: Buffer.from(pixels).toString('base64'),
      };
    });
  return { classNames: [...classNames], confusion, worst };
}
