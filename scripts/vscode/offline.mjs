/** Cuts a program off from every network but this machine's own address, with Linux' network namespaces; no root is needed. */
import { execFileSync } from 'node:child_process';
import { runToEnd } from '../process.mjs';

/** The new namespace has a loopback device of its own, which starts switched off. */
const ENTER = ['--net', '--map-root-user', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"'];

/** Why this machine does not allow it; undefined where it does. */
function refusal() {
  try {
    execFileSync('unshare', [...ENTER, 'true'], { stdio: ['ignore', 'ignore', 'pipe'] });
    return undefined;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
}

/** Whether this machine allows it. */
export const canRunOffline = () => refusal() === undefined;

/**
 * @param {string[]} args of Node
 * @returns {Promise<number>} exit code
 * @throws {Error} where this machine does not allow it
 */
export function runOffline(args) {
  const reason = refusal();
  if (reason !== undefined) {
    throw new Error(
      `--offline needs Linux with unshare (util-linux), ip (iproute2) and user namespaces.\n${reason}`,
    );
  }
  return runToEnd('unshare', [...ENTER, process.execPath, ...args], { cwd: process.cwd() });
}
