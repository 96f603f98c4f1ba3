/** `npm start`: from a fresh clone to a search on real digits and code of what it found. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { root, runOrExit } from './process.mjs';

const languages = ['typescript', 'keras', 'pytorch'];

/** @param {string[]} args */
const nas = (args) => runOrExit(process.execPath, ['dist/cli.js', ...args]);

/**
 * The run folder that was made last.
 * @param {string} parent
 */
function newestRun(parent) {
  const runs = readdirSync(parent)
    .map((name) => path.join(parent, name))
    .filter((folder) => existsSync(path.join(folder, 'genotype.json')))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (runs[0] === undefined) throw new Error(`The run left no genotype in ${parent}.`);
  return runs[0];
}

await bootstrap();
await nas(['run', 'examples/mnist-quick.nas.json', '--out', 'runs/start']);
const run = path.relative(root, newestRun(path.join(root, 'runs', 'start')));
for (const language of languages) {
  const genotype = path.join(run, 'genotype.json');
  await nas(['generate', genotype, '--language', language, '--out', path.join(run, 'code')]);
}
