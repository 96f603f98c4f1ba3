/** The machine's threads: what happens when one dies, and that they end. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { firstAddress, Machine } from '../../../../src/network/fused/machine/machine';
import type { Place } from '../../../../src/network/fused/machine/place';
import { ProgramBuilder, type EncodedProgram } from '../../../../src/network/fused/machine/program';
import { call, type KernelName } from '../../../../src/network/fused/machine/signatures';

const size = { batch: 5, chunks: 3, threads: 2, pairs: false };

/** A program that clears four floats an image, and where they lie. */
function clearing(kernel: KernelName = 'clear'): { program: EncodedProgram; place: Place } {
  const builder = new ProgramBuilder(size);
  const place = builder.lasting('image', 16);
  builder.emit(builder.images(), { ...call('clear', { x: place, bytes: 16 }), kernel });
  return { program: builder.encode(firstAddress), place };
}

async function load(machine: Machine, { words, address, end }: EncodedProgram): Promise<void> {
  await machine.started();
  machine.reserve(end);
  machine.integers.set(words, address / 4);
}

describe('machine', () => {
  it('runs a program on every image of the batch', async () => {
    const machine = new Machine(size.threads);
    try {
      const { program, place } = clearing();
      await load(machine, program);
      const { address, bytes } = place.buffer;
      const images = machine.floats.subarray(address! / 4, (address! + size.batch * bytes) / 4).fill(3);
      await machine.run(program);
      images.forEach((value, i) => assert.equal(value, (4 * i) % bytes < 16 ? 0 : 3));
    } finally {
      machine.dispose();
    }
  });

  it('runs what is for pairs at the second image of each, and keeps pairs in one chunk', async () => {
    const pairs = { batch: 14, chunks: 3, threads: 2, pairs: true };
    const machine = new Machine(pairs.threads);
    try {
      const builder = new ProgramBuilder(pairs);
      const [images, both, chunks] = [
        builder.lasting('image', 16),
        builder.lasting('pair', 16),
        builder.lasting('chunk', 16),
      ];
      const one = builder.lasting('once', 16);
      const segment = builder.images();
      builder.emit(segment, call('add', { x: one, y: both, count: 4 }), 'secondOfPair');
      builder.emit(segment, call('add', { x: one, y: chunks, count: 4 }), 'secondOfPair');
      builder.emit(segment, call('add', { x: one, y: images, count: 4 }));
      const program = builder.encode(firstAddress);
      await load(machine, program);
      const partsOf = ({ buffer }: Place, parts: number): Float32Array[] =>
        Array.from({ length: parts }, (_, part) => {
          const start = (buffer.address! + part * buffer.bytes) / 4;
          return machine.floats.subarray(start, start + 4);
        });
      const all = [partsOf(images, 14), partsOf(both, 7), partsOf(chunks, 3)];
      for (const part of all.flat()) part.fill(0);
      partsOf(one, 1)[0]!.fill(1);
      await machine.run(program);
      const [ofImages, ofPairs, ofChunks] = all.map((parts) => parts.map((part) => part[3]));
      assert.deepEqual(ofImages, new Array(14).fill(1));
      assert.deepEqual(ofPairs, new Array(7).fill(1));
      assert.deepEqual(ofChunks, [2, 2, 3]);
    } finally {
      machine.dispose();
    }
  });

  it('rejects when a thread dies, and refuses to run again', async () => {
    const machine = new Machine(size.threads);
    const broken = clearing('unknown' as KernelName).program;
    await load(machine, broken);
    await assert.rejects(machine.run(broken), /unreachable/);
    await assert.rejects(machine.run(clearing().program), /unreachable/);
    await assert.rejects(machine.started(), /unreachable/);
    Machine.giveBack(machine);
    const next = Machine.take(size.threads);
    assert.ok(next !== machine);
    next.dispose();
  });

  for (const [title, begun] of [
    ['before its threads were there', false],
    ['after it has run', true],
  ] as const) {
    it(`refuses to run once it has ended ${title}`, async () => {
      const machine = new Machine(size.threads);
      const { program } = clearing();
      if (begun) {
        await load(machine, program);
        await machine.run(program);
      }
      const under = machine.run(program);
      machine.dispose();
      await assert.rejects(under, /have ended/);
      await assert.rejects(machine.run(program), /have ended/);
    });
  }

  it('goes to the next who wants as many threads', () => {
    const first = Machine.take(2);
    Machine.giveBack(first);
    const second = Machine.take(2);
    assert.ok(second === first);
    Machine.giveBack(second);
    const third = Machine.take(1);
    assert.ok(third !== first);
    third.dispose();
  });

  for (const [title, end] of [
    ['that was disposed', 'machine.dispose()'],
    ['that was given back', 'Machine.giveBack(machine)'],
    ['that nobody ended', ''],
  ] as const) {
    it(`keeps a process alive while it works, and no longer: one ${title}`, () => {
      const folder = join(__dirname, '../../../../src/network/fused/machine');
      const script = `
        const { Machine, firstAddress } = require(${JSON.stringify(join(folder, 'machine.ts'))});
        const { ProgramBuilder } = require(${JSON.stringify(join(folder, 'program.ts'))});
        const machine = new Machine(2);
        const program = new ProgramBuilder({ batch: 1, chunks: 1, threads: 2 }).encode(firstAddress);
        const work = async () => {
          await machine.started();
          machine.reserve(program.end);
          machine.integers.set(program.words, program.address / 4);
          await machine.run(program);
          ${end};
          console.log('ran');
        };
        void work();`;
      const output = execFileSync(process.execPath, ['--import', 'tsx', '--eval', script], {
        encoding: 'utf8',
        timeout: 600_000,
      });
      assert.equal(output, 'ran\n');
    });
  }
});
