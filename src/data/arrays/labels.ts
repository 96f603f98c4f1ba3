/** Labels out of arrays: integers of any type, [n] or [n, 1], or one-hot rows. */
import { broken } from '../broken';
import { mostClasses } from '../labels';
import { describeArray, type StoredArray, stridesOf, valuesOf } from './storedArray';

/** @throws UserError when it is no array of labels for so many pictures, without reading its values */
function requireLabels(array: StoredArray, pictures: StoredArray): void {
  const { shape, file, called } = array;
  const [count, columns = 1] = shape;
  const what = `${called} is ${describeArray(array)}`;
  if (shape.length < 1 || shape.length > 2 || columns < 1 || columns > mostClasses) {
    const wanted = 'Labels are an array [n] or [n, 1], or one-hot [n, classes].';
    throw broken(file, `${what}, which are no labels.`, wanted);
  }
  if (count === pictures.shape[0]) return;
  const where = pictures.file === file ? '' : ` of ${pictures.file}`;
  throw broken(
    file,
    `${called} has ${count} labels for the ${pictures.shape[0]} pictures${where}: ${describeArray(pictures)}.`,
    'Both must come from the same set.',
  );
}

/**
 * The labels of pictures as they are written, whole numbers that may begin anywhere; the column of a one-hot row.
 * @throws UserError for an array of another length, or of values that are no labels
 */
export function readLabels(array: StoredArray, pictures: StoredArray): Float64Array {
  requireLabels(array, pictures);
  const { shape, file, called } = array;
  const [count = 0, columns = 1] = shape;
  const values = valuesOf(array);
  if (columns > 1) return oneHotLabels(array, values);
  const labels = Float64Array.from(values);
  for (let i = 0; i < count; i++) {
    if (Number.isSafeInteger(labels[i])) continue;
    throw broken(
      file,
      `${called} has the label ${labels[i]} for picture ${i}, which is no whole number.`,
      'Labels are whole numbers.',
    );
  }
  return labels;
}

/** Columns of the ones in rows of zeros. */
function oneHotLabels(array: StoredArray, values: ArrayLike<number>): Float64Array {
  const { shape, file, called } = array;
  const [count = 0, columns = 0] = shape;
  const [row = 0, column = 0] = stridesOf(array);
  return Float64Array.from({ length: count }, (_, i) => {
    let [found, ones, others] = [0, 0, 0];
    for (let c = 0; c < columns; c++) {
      const value = values[i * row + c * column]!;
      if (value === 1) [found, ones] = [c, ones + 1];
      else if (value !== 0) others++;
    }
    if (ones === 1 && others === 0) return found;
    throw broken(
      file,
      `${called} is ${describeArray(array)}, and the labels of picture ${i} are not one 1 among zeros.`,
      'A picture has one label: an array [n] or [n, 1], or one-hot [n, classes].',
    );
  });
}
