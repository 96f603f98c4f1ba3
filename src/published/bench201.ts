/** Cells of NAS-Bench-201 (Dong & Yang, 2020): the benchmark's string, NASLib's tuple, six digits. */
import { UserError } from '../errors';
import { parseBench201, writeBench201 } from '../space/bench201/forms';
import type { PublishedForm } from './form';

/** Of the benchmark: five cells in each of three stages, 16 channels. */
const network = {
  input: { height: 32, width: 32, channels: 3 },
  ...{ classes: 10, cells: 15, channels: 16, stemMultiplier: 1 },
};

/** What the benchmark calls its operations otherwise. */
const benchmarkNames: Readonly<Record<string, string>> = {
  conv_1x1: 'nor_conv_1x1',
  conv_3x3: 'nor_conv_3x3',
};

export const bench201: PublishedForm = {
  title: '|nor_conv_3x3~0|+|… of NAS-Bench-201, or the tuple of its operations',
  read(text) {
    const cell = text.trim();
    try {
      return [{ genotype: { space: 'nasbench201', operations: parseBench201(cell) }, network }];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // What only this form begins with is meant to be one.
      if (!/^\||^[([][\d\s,]+[)\]]$/.test(cell)) return [];
      throw new UserError(
        error.message,
        'It has |op~0|+|op~0|op~1|+|op~0|op~1|op~2|, or is a tuple of six numbers from 0 to 4.',
      );
    }
  },
  write(genotype) {
    if (genotype.space !== 'nasbench201') return undefined;
    return writeBench201(genotype.operations.map((name) => benchmarkNames[name] ?? name));
  },
};
