/** What is said of a data file that is missing, unreadable or broken: which one, why, and what to do. */
import { UserError } from '../errors';
import type { ImageShape } from './dataSet';

/** An error that names a file, what is wrong with it and what would be right. */
export function broken(file: string, problem: string, hint = 'Copy or download the file again.'): UserError {
  return new UserError(`${file}: ${problem}`, hint, 'broken-data');
}

/** The error of a file or folder that the file system does not give. */
export function unreadable(file: string, error: unknown, what = 'file'): UserError {
  const { code, message } = error as NodeJS.ErrnoException;
  const problem = code === 'ENOENT' ? `there is no such ${what}.` : `cannot be read (${message}).`;
  return broken(file, problem, 'Check the path; relative ones start at the folder of the config file.');
}

/**
 * @param file of the test images
 * @throws UserError that names it when the test images are of another shape than the training images
 */
export function requireSameShape(train: ImageShape, test: ImageShape, file: string): void {
  const words = ({ height, width, channels }: ImageShape) => `${height} × ${width} × ${channels}`;
  if (words(train) === words(test)) return;
  throw broken(
    file,
    `test images are ${words(test)}, training images ${words(train)}.`,
    'Both must have the same height, width and channels.',
  );
}
