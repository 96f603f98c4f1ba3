/** Files of arrays – `.npy`, `.npz`, safetensors – told apart by their first bytes, whatever they are called. */
import { broken } from '../broken';
import { UserError } from '../../errors';
import { plainSource, readAt, sizeOf } from './byteSource';
import { isNumpy, numpyArray } from './numpy';
import { isSafetensors, safetensors } from './safetensors';
import { describeArray, type StoredArray } from './storedArray';
import { memberSource, zipMembers } from './zip';

/** The arrays of a file by name, each opened when it is asked for. An `.npy` file has one, without a name. */
export type ArrayFile = ReadonlyMap<string, () => StoredArray>;

function isZip(start: Uint8Array): boolean {
  // An archive without members begins with the record of its end.
  return start[0] === 0x50 && start[1] === 0x4b && [3, 5].includes(start[2]!);
}

/** @throws UserError when the file cannot be read or holds no arrays */
export function openArrays(file: string): ArrayFile {
  const length = sizeOf(file);
  const start = readAt(file, 0, 16);
  if (isNumpy(start)) {
    return new Map([['', () => numpyArray(plainSource(file, 0, length), file, 'the array')]]);
  }
  if (isZip(start)) {
    return new Map(
      zipMembers(file)
        .filter(({ name }) => name.endsWith('.npy'))
        .map((member) => {
          const name = member.name.slice(0, -'.npy'.length);
          return [name, () => numpyArray(memberSource(member), file, `its array "${name}"`)];
        }),
    );
  }
  if (isSafetensors(start)) return safetensors(file);
  const begin = [...start.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  throw broken(
    file,
    length === 0 ? 'is empty.' : `begins with 0x${begin}, which is no file of arrays.`,
    'It must be a .npy or .npz file of NumPy, or safetensors.',
  );
}

/** Names that are listed in a message at most. */
const listed = 20;

/** The arrays of a file with their shapes, for messages. */
export function listArrays(arrays: ArrayFile): string {
  if (arrays.size === 0) return 'none';
  const words = [...arrays].slice(0, listed).map(([name, open]) => {
    try {
      return `"${name}" ${describeArray(open())}`;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return `"${name}" (not readable)`;
    }
  });
  return [...words, ...(arrays.size > listed ? [`${arrays.size - listed} more`] : [])].join(', ');
}

/** @throws UserError that lists what is there when there is no such array, or it is broken */
export function arrayNamed(arrays: ArrayFile, name: string, file: string): StoredArray {
  const open = arrays.get(name);
  if (open) return open();
  throw broken(file, `there is no array "${name}".`, `It holds ${listArrays(arrays)}.`);
}

/**
 * The array of a file that holds no other.
 * @throws UserError when it holds several or none
 */
export function onlyArray(file: string): StoredArray {
  const arrays = openArrays(file);
  const [open] = arrays.values();
  if (arrays.size === 1) return open!();
  throw broken(
    file,
    `holds ${arrays.size} arrays where one is wanted.`,
    `It holds ${listArrays(arrays)}. Name the whole file as data.file.`,
  );
}
