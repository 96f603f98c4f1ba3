/** Mocha's readable report, and beside it the counts in the file that the reporter option `output` names. */
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class StatsReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      writeFileSync(options.reporterOptions.output, JSON.stringify({ passes, failures, pending }));
    });
  }
};
