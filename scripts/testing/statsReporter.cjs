/**
 * Mocha's readable report, and beside it, in the file that the reporter option `output` names: how many tests ended how,
 * how many assertions they made, and what became of each test.
 */
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');
const { collect } = require('./testStats.cjs');

module.exports = class StatsReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const stats = collect(runner);
    runner.once('end', () => writeFileSync(options.reporterOptions.output, JSON.stringify(stats())));
  }
};
