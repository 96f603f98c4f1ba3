/** Loaded before a program: says on stderr, at its end, how much memory it held at most. Linux only. */
const { readFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  process.on('exit', () => {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
    process.stderr.write(`peak ${1024 * Number(kilobytes)}\n`);
  });
}
