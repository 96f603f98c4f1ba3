/** Files of arrays that tests make: `.npy`, archives of them, and the binary files of CIFAR. */
import { crc32, deflateRawSync } from 'node:zlib';

/** An array of bytes, as an `.npy` file of version 1. */
export function npyBytes(
  shape: readonly number[],
  values: Uint8Array,
  { descr = '|u1', fortran = false } = {},
): Uint8Array {
  const sizes = shape.join(', ') + (shape.length === 1 ? ',' : '');
  const order = fortran ? 'True' : 'False';
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${sizes}), }`;
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n';
  const header = Buffer.from(`\x93NUMPY\x01\x00..${padded}`, 'latin1');
  header.writeUInt16LE(padded.length, 8);
  return Buffer.concat([header, values]);
}

/** An archive as `numpy.savez` and `numpy.savez_compressed` write it, its sizes of 32 bits. */
export function npzBytes(members: Readonly<Record<string, Uint8Array>>, deflate = false): Uint8Array {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let position = 0;
  for (const [name, data] of Object.entries(members)) {
    const packed = deflate ? deflateRawSync(data, { level: 1 }) : data;
    const full = Buffer.from(`${name}.npy`);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(deflate ? 8 : 0, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(full.length, 22);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    common.copy(entry, 6);
    entry.writeUInt32LE(position, 42);
    const local = [Buffer.from('PK\x03\x04', 'latin1'), common, full, Buffer.from(packed)];
    parts.push(...local);
    directory.push(entry, full);
    position += local.reduce((sum, part) => sum + part.length, 0);
  }
  const count = Object.keys(members).length;
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(
    directory.reduce((sum, part) => sum + part.length, 0),
    12,
  );
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/**
 * Records of CIFAR's binary version: labels, then planes of red, green and blue.
 * @param images [count, 32, 32, 3]
 * @param labels of each record, the coarse one first where there are two
 */
export function cifarBytes(images: Uint8Array, labels: readonly (readonly number[])[]): Uint8Array {
  const plane = 32 * 32;
  return Buffer.concat(
    labels.map((own, n) => {
      const record = Buffer.alloc(own.length + 3 * plane);
      record.set(own);
      for (let i = 0; i < 3 * plane; i++) {
        record[own.length + (i % 3) * plane + Math.floor(i / 3)] = images[n * 3 * plane + i]!;
      }
      return record;
    }),
  );
}
