/** Images of a person's own on the command line: asked about, measured, searched on, and moved. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComparedProof } from '../../../src/protocol/proof';
import type { GenotypeFile } from '../../../src/space/genotype';
import { jsonLines, useCommandLine } from '../../support/commandLine';
import { writeOwnImages } from '../../support/ownImages';

const small = {
  preset: 'laptop',
  engine: 'fused',
  space: { operations: ['skip_connect', 'max_pool_3x3', 'sep_conv_3x3'], nodes: 1, cells: 3, channels: 4 },
  final: { epochs: 1, cells: 3, channels: 4, randomNetworks: 0, proof: false },
};

describe('images of a person’s own on the command line', () => {
  const line = useCommandLine();

  /** A config and its images in a folder. @returns the config's path */
  function project(folder: string, changes: object = {}): string {
    const place = join(line.folder, folder);
    mkdirSync(place, { recursive: true });
    const data = writeOwnImages(place, { height: 12, width: 28, train: 60, test: 20 });
    writeFileSync(join(place, 'own.nas.json'), JSON.stringify({ ...small, data, ...changes }));
    return join(folder, 'own.nas.json');
  }

  it('are inspected, and searched on as they are, with two epochs', async () => {
    const config = project('a', { engine: 'wasm', budget: { epochs: 2 } });
    const inspected = await line.nas(['inspect', config, '--json']);
    assert.equal(inspected.code, 0, inspected.err);
    const report = JSON.parse(inspected.out.join('\n')) as {
      input: object;
      data: { used: object };
    };
    assert.deepEqual(report.input, { height: 12, width: 28, channels: 1 });
    assert.deepEqual(report.data.used, { train: 60, test: 20 });
    const text = (await line.nas(['inspect', config])).out.join('\n');
    assert.match(text, /Images +12×28×1, 3 classes/);
    assert.match(text, /Note: .* So data\.imageSize is left out, not 32 as by default\./);

    const { code, out, err } = await line.nas(['run', config, '--json']);
    assert.equal(code, 0, err);
    const events = jsonLines(out);
    const notices = events.filter(({ type }) => type === 'notice').map(({ message }) => String(message));
    for (const key of ['data.trainImages', 'training.batchSize', 'strategy.warmupEpochs']) {
      assert.ok(
        notices.some((notice) => notice.includes(`So ${key} is`)),
        key,
      );
    }
    assert.deepEqual(events.find(({ type }) => type === 'run')?.['images'], {
      train: 30,
      validation: 30,
      test: 20,
    });
  });

  it('of 300 named classes, with labels from 1, become code with their names, which is proven', async () => {
    const classNames = Array.from({ length: 300 }, (_, i) => `kind ${i + 1}`);
    const shape = { height: 8, width: 8, train: 1200, test: 300, classes: 300, firstLabel: 1 };
    const place = join(line.folder, 'many');
    mkdirSync(place);
    const data = { ...writeOwnImages(place, shape), classNames };
    const final = { ...small.final, proof: true };
    const written = { ...small, data, final, budget: { epochs: 2 } };
    writeFileSync(join(place, 'many.nas.json'), JSON.stringify(written));
    const { code, out, err } = await line.nas(['run', join('many', 'many.nas.json'), '--json']);
    assert.equal(code, 0, err);
    const events = jsonLines(out);
    assert.deepEqual(events.find(({ type }) => type === 'run')?.['classes'], {
      count: 300,
      largestShare: 1 / 300,
    });
    const { proof } = events.find(({ type }) => type === 'proof') as unknown as { proof: ComparedProof };
    assert.deepEqual([proof.outcome, proof.images, proof.differing], ['compared', 300, 0]);
    assert.equal(proof.right, proof.engineRight);

    const run = join(place, 'runs', readdirSync(join(place, 'runs'))[0]!);
    const genotype = join(run, 'genotype.json');
    const file = JSON.parse(readFileSync(genotype, 'utf8')) as GenotypeFile;
    assert.deepEqual([file.classNames, file.network.classes], [classNames, 300]);
    for (const language of ['typescript', 'keras', 'pytorch']) {
      const generated = await line.nas(['generate', genotype, '--language', language, '--out', language]);
      assert.equal(generated.code, 0, generated.err);
      const folder = join(line.folder, language);
      const text = readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8');
      for (const name of ['kind 1', 'kind 256', 'kind 300'])
        assert.match(text, new RegExp(`['"]${name}['"]`), language);
    }
  });

  it('are measured for a latency table', async () => {
    const { code, err } = await line.nas(['latency', project('a'), '--runs', '1']);
    assert.equal(code, 0, err);
  });

  it('are refused alike by every command where a written value does not fit', async () => {
    const config = project('a');
    const data = writeOwnImages(join(line.folder, 'a'), { height: 12, width: 28, train: 60, test: 20 });
    writeFileSync(join(line.folder, config), JSON.stringify({ ...small, data: { ...data, imageSize: 14 } }));
    for (const command of ['inspect', 'latency', 'run', 'correlate']) {
      const { code, err } = await line.nas([command, config]);
      assert.notEqual(code, 0, command);
      assert.match(
        err,
        /data\.imageSize: Images of 12 × 28 cannot be shrunk to 14\. Use at most 12/,
        command,
      );
    }
    assert.deepEqual(
      readdirSync(join(line.folder, 'a')).filter((name) => name === 'runs'),
      [],
    );
  });

  it('are found by a resume after all was moved to another place', async () => {
    const config = project('before', { budget: { epochs: 3 }, output: { logEverySteps: 1 } });
    const { code } = await line.nas(['run', config, '--json'], (text, interrupt) => {
      if (text.includes('"type":"step"')) interrupt();
    });
    assert.equal(code, 130);
    renameSync(join(line.folder, 'before'), join(line.folder, 'after'));
    const [run] = readdirSync(join(line.folder, 'after', 'runs'));
    const folder = join('after', 'runs', run!);
    const resumed = await line.nas(['resume', folder, '--json']);
    assert.equal(resumed.code, 0, resumed.err);
  });

  it('are asked for where they are lost, and taken from where the config is said to be', async () => {
    const config = project('before', {
      budget: { epochs: 3 },
      output: { logEverySteps: 1 },
    });
    await line.nas(['run', config, '--json', '--out', join(line.folder, 'out')], (text, interrupt) => {
      if (text.includes('"type":"step"')) interrupt();
    });
    renameSync(join(line.folder, 'before'), join(line.folder, 'after'));
    const folder = join('out', readdirSync(join(line.folder, 'out'))[0]!);
    const lost = await line.nas(['resume', folder]);
    assert.notEqual(lost.code, 0);
    assert.match(lost.err, /trainImages .*before.*trainImages\.idx.*nas resume .* --config FILE/s);
    const found = await line.nas(['resume', folder, '--config', join('after', 'own.nas.json'), '--json']);
    assert.equal(found.code, 0, found.err);
  });
});
