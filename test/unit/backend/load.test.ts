import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import esbuild from 'esbuild';
import { nativeAvailability } from '../../../src/backend/choose';
import { type BackendName, backendNames } from '../../../src/backend/names';
import { useTemporaryFolder } from './support';

interface ChildResult {
  backend: { name: string; reason: string; version: string; threads: number };
  inUse: string;
  product: number[];
  loss: number;
  gradient: number[];
  leaked: number;
  errorListeners: number;
}

function runChild(args: string[]): ChildResult {
  const output = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const line = /result:(.*)/.exec(output)?.[1];
  assert.ok(line, output);
  return JSON.parse(line) as ChildResult;
}

function relativeError(actual: readonly number[], expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] ?? NaN)))) / scale;
}

describe('loading a backend', () => {
  const folder = useTemporaryFolder();
  const child = path.join(__dirname, 'loadChild.ts');
  const fromSources = (name: BackendName) => runChild(['--import', 'tsx', child, name]);
  let reference: ChildResult;

  before(() => {
    reference = fromSources('cpu');
  });

  function check(result: ChildResult, name: BackendName): void {
    assert.deepEqual([result.backend.name, result.inUse], [name, name]);
    assert.match(result.backend.version, /^\d+\.\d+\.\d+/);
    assert.equal(result.backend.threads, 1);
    assert.deepEqual(result.product, [19, 22, 43, 50]);
    assert.ok(relativeError([result.loss], [reference.loss]) < 1e-5);
    assert.equal(result.gradient.length, 54);
    assert.ok(relativeError(result.gradient, reference.gradient) < 1e-4);
    assert.equal(result.leaked, 0);
    assert.equal(result.errorListeners, 0);
  }

  for (const name of backendNames) {
    async function skipIfAbsent(test: Mocha.Context): Promise<void> {
      if (name !== 'tensorflow') return;
      const { available, reason } = await nativeAvailability();
      if (available) return;
      console.log(`      skipped: ${reason}`);
      test.skip();
    }

    it(`${name} from the sources`, async function () {
      await skipIfAbsent(this);
      check(fromSources(name), name);
    });

    it(`${name} out of a bundle like those that ship`, async function () {
      await skipIfAbsent(this);
      const bundle = path.join(folder(), 'child.js');
      const file = '../../../esbuild.js';
      const { copyWasm, node } = (await import(file)) as {
        copyWasm(folder: string): void;
        node: esbuild.BuildOptions;
      };
      await esbuild.build({ ...node, entryPoints: [child], outdir: undefined, outfile: bundle });
      copyWasm(folder());
      check(runChild([bundle, name]), name);
    });
  }

  it('needs no class of tfjs-core in ES5', async () => {
    const { KernelBackend } = (await import('../../../src/backend/tfjsUnion')) as { KernelBackend: unknown };
    const base = KernelBackend as {
      call(self: object): unknown;
      prototype: { refCount(id: object): number };
    };
    const old = Object.create(base.prototype) as { refCount(id: object): number };
    assert.equal(base.call(old), undefined);
    assert.throws(() => old.refCount({}), /not yet implemented/);
  });
});
