/** What VS Code calls to run the suites: mocha inside the extension host, over the bundles that lie beside this one. */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import { collect, type TestStats } from '../../../scripts/testing/testStats.cjs';
import { user } from './user';

/** `packaged` suites expect an installed .vsix, all others the extension under development. */
const PACKAGED = 'packaged';

/** @throws when a test fails, and when there was none to run. */
export async function run(): Promise<void> {
  const grep = process.env.NAS_EDITOR_GREP;
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: 'spec',
    color: false,
    timeout: 1_800_000,
    ...(grep && { fgrep: grep }),
  });
  mocha.rootHooks({
    async afterEach(this: Mocha.Context) {
      if (this.currentTest?.state === 'failed' && user.present) {
        await user.screenshot(`failed ${this.currentTest.fullTitle()}`);
      }
    },
  });
  const root = path.dirname(__dirname);
  const wanted = process.env.NAS_EDITOR_SUITE === PACKAGED;
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const isPackaged = file.split(path.sep)[0] === PACKAGED;
    if (file.endsWith('.test.js') && isPackaged === wanted) mocha.addFile(path.join(root, file));
  }
  const stats = await new Promise<TestStats>((resolve) => {
    const collected = collect(mocha.run(() => resolve(collected())));
  });
  const { passes, failures } = stats;
  const result = process.env.NAS_EDITOR_RESULT;
  if (result) writeFileSync(result, JSON.stringify(stats));
  if (failures > 0) throw new Error(`${failures} of ${passes + failures} editor tests failed.`);
  if (passes === 0) throw new Error('No editor test ran.');
}
