/**
 * Processor time of programs and what they start: what a test costs, however busy the machine is with something else.
 */
const { existsSync, readFileSync } = require('node:fs');

/** The kernel counts the time of children in ticks of this length, in seconds (`sysconf(_SC_CLK_TCK)`). */
const tick = 0.01;

/**
 * Seconds that the children of this process took which have ended, with their own. Node asks the system about itself only;
 * Linux tells the rest in a file, fields 16 and 17 of proc_pid_stat(5), and elsewhere nothing is counted.
 */
function childrenSeconds() {
  const file = '/proc/self/stat';
  if (!existsSync(file)) return 0;
  const text = readFileSync(file, 'utf8');
  // The name of the program, field 2, stands in parentheses and may hold blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * tick;
}

/** Seconds of processor time, user and system, that this process and its children that have ended took. */
function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + childrenSeconds();
}

/**
 * A program as one that leaves, on its descriptor 3, what `times` of a POSIX shell says about it and all its children.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {[string, string[]]}
 */
function timed(command, args) {
  return ['/bin/sh', ['-c', '"$@" 3>&-; code=$?; times >&3; exit $code', 'timed', command, ...args]];
}

/**
 * Seconds in what `times` said: its second line holds user and system time of the shell's children, "1m2.34s 0m1.5s".
 * @param {string} text
 * @returns {number | undefined} undefined where it says nothing, such as after a signal
 */
function secondsOfTimes(text) {
  const found = [...(text.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  if (found.length === 0) return undefined;
  return found.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

module.exports = { processorSeconds, secondsOfTimes, timed };
