/** Made-up answers of a found network on a person's pictures, for the browser tests. */
import type { ClassificationMessage, PictureAnswer } from '../../src/protocol/classification';

const side = 32;

/** A disc of one colour on another. */
function disc(inner: readonly number[], outer: readonly number[]): Uint8Array<ArrayBuffer> {
  const inside = (i: number): boolean =>
    Math.hypot((i % side) - side / 2, Math.floor(i / side) - side / 2) < side / 3;
  return Uint8Array.from({ length: 3 * side * side }, (_, at) =>
    inside(Math.floor(at / 3)) ? inner[at % 3]! : outer[at % 3]!,
  );
}

function classified(
  name: string,
  pixels: Uint8Array<ArrayBuffer>,
  likely: Readonly<Record<string, number>>,
  note?: string,
): PictureAnswer {
  return {
    ...{ kind: 'classified', name, note, picture: { height: side, width: side, channels: 3, pixels } },
    likely: Object.entries(likely).map(([each, probability], label) => ({ label, name: each, probability })),
  };
}

/** In the order in which they were told. */
export const fakeAnswers: readonly PictureAnswer[] = [
  classified('photos/plate.jpg', disc([230, 228, 220], [90, 60, 40]), {
    plate: 0.931,
    bowl: 0.051,
    'frisbee (flying disc)': 0.011,
    'a class whose name is rather long for a table': 0.005,
    moon: 0.002,
  }),
  {
    ...{ kind: 'refused', name: 'notes.txt' },
    message: 'notes.txt: it is no picture, or cut short in its header.',
  },
  classified(
    'IMG_20260214_183205_a_name_as_telephones_give_them.jpg',
    disc([250, 210, 60], [30, 60, 140]),
    { moon: 0.412, frisbee: 0.387, plate: 0.104, bowl: 0.057, coin: 0.04 },
    'Its aspect is not that of the run’s pictures: 3024 × 4032 became 32 × 32.',
  ),
  {
    ...{ kind: 'refused', name: 'icon.png' },
    message: 'icon.png does not fit. Images of 16 × 16 cannot be shrunk to 32 × 32.',
    hint: 'Take a larger picture: the config of the run does not have its pictures enlarged.',
  },
];

export function fakeClassification(change: Partial<ClassificationMessage> = {}): ClassificationMessage {
  return { type: 'classification', whole: true, answers: [...fakeAnswers], ...change };
}
