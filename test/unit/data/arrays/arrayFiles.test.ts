/** Files of arrays against what NumPy says of them; `fixtures/make_arrays.py` wrote the files and `known.json`. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openArrays } from '../../../../src/data/arrays/arrayFile';
import { type StoredArray, stridesOf, valuePieces, valuesOf } from '../../../../src/data/arrays/storedArray';
import { UserError } from '../../../../src/errors';
import { npyBytes } from '../../../support/arrayFiles';
import { useFolder } from '../helpers';
import { fixture, known } from './fixtures';

/** Values in C order, whatever the order in the file. */
function inOrder(array: StoredArray, values: ArrayLike<number>): number[] {
  const strides = stridesOf(array);
  return Array.from({ length: values.length }, (_, position) => {
    let [rest, at] = [position, 0];
    for (let axis = array.shape.length - 1; axis >= 0; axis--) {
      at += (rest % array.shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / array.shape[axis]!);
    }
    return values[at]!;
  });
}

function problemOf(file: string, name = ''): string {
  try {
    openArrays(file).get(name)!();
  } catch (error) {
    assert.ok(error instanceof UserError && error.hint, String(error));
    assert.ok(error.message.startsWith(`${file}: `), error.message);
    return error.message.slice(file.length + 2);
  }
  return assert.fail('It was accepted.');
}

describe('files of arrays', () => {
  const folder = useFolder();

  it('have the names, types, shapes and values that NumPy says, in every type, order and version', async () => {
    let count = 0;
    for (const [file, arrays] of Object.entries(known.arrays)) {
      const opened = openArrays(fixture(file));
      assert.deepEqual([...opened.keys()].sort(), Object.keys(arrays).sort(), file);
      for (const [name, { shape, type, values }] of Object.entries(arrays)) {
        const array = opened.get(name)!();
        assert.deepEqual([array.shape, array.type.name], [shape, type], `${file} ${name}`);
        assert.deepEqual(inOrder(array, valuesOf(array)), known.values[values], `${file} ${name}`);
        const streamed: number[] = [];
        for await (const piece of valuePieces(array)) streamed.push(...piece);
        assert.deepEqual(inOrder(array, streamed), known.values[values], `${file} ${name}, by piece`);
        count++;
      }
    }
    // 12 types × 4, 4 headers, 5 archives and one safetensors file.
    assert.equal(count, 48 + 4 + 4 + 4 + 6 + 2 + 4 + 4 + 7);
  });

  it('come piece by piece when they are larger than a piece, with elements that lie across two', async () => {
    const values = Float64Array.from({ length: 300_000 }, (_, i) => i / 7);
    const file = path.join(folder(), 'large.npy');
    writeFileSync(file, npyBytes([300_000], new Uint8Array(values.buffer), { descr: '<f8' }));
    const array = openArrays(file).get('')!();
    const pieces: number[] = [];
    let at = 0;
    for await (const piece of valuePieces(array)) {
      for (const value of piece) assert.equal(value, values[at++]);
      pieces.push(piece.length);
    }
    assert.deepEqual([at, pieces.length], [300_000, 3]);
  });

  it('are refused for what they hold: pickles are not read', () => {
    const refused = (kind: string) => problemOf(fixture(`refused-${kind}.npy`));
    assert.match(refused('objects'), /holds Python objects, which are stored as a pickle; that is a program/);
    assert.match(refused('text'), /holds text/);
    assert.match(refused('bytes'), /holds text/);
    assert.match(refused('complex'), /holds complex numbers/);
    assert.match(refused('dates'), /holds dates/);
    assert.match(refused('records'), /holds records of several fields/);
    assert.match(refused('long'), /holds values of the type <f16/);
  });

  it('are refused for headers that ask for what is not there, without memory for it', () => {
    const file = path.join(folder(), 'some.npy');
    const write = (bytes: Uint8Array) => writeFileSync(file, bytes);
    write(npyBytes([1_000_000, 1_000_000, 1000], new Uint8Array(8)));
    assert.match(
      problemOf(file),
      /is cut short: \[1000000, 1000000, 1000\] uint8 takes 1000000000000128 bytes/,
    );
    write(npyBytes([4], new Uint8Array(5)));
    assert.match(
      problemOf(file),
      /is longer than its header says: \[4\] uint8 takes 132 bytes, there are 133/,
    );
    const long = npyBytes([4], new Uint8Array(4));
    new DataView(long.buffer, long.byteOffset).setUint16(8, 60_000, true);
    write(long);
    assert.match(problemOf(file), /cut short within its header of 60010 bytes/);
    write(Buffer.concat([Buffer.from('\x93NUMPY\x04\x00', 'latin1'), new Uint8Array(20)]));
    assert.match(problemOf(file), /has version 4 of NumPy's format/);
    write(Buffer.concat([Buffer.from('ffff7f0000000000', 'hex'), Buffer.from('{}')]));
    assert.throws(() => openArrays(file), /cut short at byte 10, within the header of 8388615/);
  });

  it('are told apart by their first bytes', () => {
    const file = path.join(folder(), 'some.npz');
    const refuse = (bytes: Uint8Array, message: RegExp) => {
      writeFileSync(file, bytes);
      assert.throws(() => openArrays(file), { name: 'UserError', message });
    };
    refuse(Buffer.from('\x89PNG', 'latin1'), /some\.npz: begins with 0x89504e47, which is no file of arrays/);
    refuse(new Uint8Array(0), /some\.npz: is empty/);
    writeFileSync(file, readFileSync(fixture('u1-little-c.npy')));
    assert.deepEqual(openArrays(file).get('')!().shape, [2, 2, 3]);
    assert.throws(() => openArrays(path.join(folder(), 'absent')), /absent: there is no such file/);
    assert.throws(() => openArrays(folder()), /is no file/);
  });

  it('are refused where a member of an archive is damaged, by its checksum', async () => {
    const bytes = readFileSync(fixture('keras.npz'));
    const file = path.join(folder(), 'keras.npz');
    // A pixel of the first member, whose header of 128 bytes begins behind that of the member.
    bytes[30 + 'x_train.npy'.length + 20 + 128 + 7]! ^= 1;
    writeFileSync(file, bytes);
    const array = openArrays(file).get('x_train')!();
    assert.throws(
      () => valuesOf(array),
      /keras\.npz: its member "x_train\.npy" is damaged: its checksum differs/,
    );
    await assert.rejects(async () => {
      for await (const piece of valuePieces(array)) assert.ok(piece.length > 0);
    }, /its checksum differs/);
  });

  it('are refused where a deflated member asks for more than its bytes can hold', () => {
    const bytes = readFileSync(fixture('keras-deflated.npz'));
    const file = path.join(folder(), 'bomb.npz');
    const entry = bytes.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
    bytes.writeUInt32LE(0xf000_0000, entry + 24);
    writeFileSync(file, bytes);
    assert.match(
      problemOf(file, 'x_train'),
      /"x_train\.npy" asks for 4026531840 bytes, which \d+ packed ones cannot hold/,
    );
  });
});
