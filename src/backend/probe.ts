/**
 * Tries a native binding in a child process: a library that crashes while it loads (wrong processor, missing symbol) must
 * take down that child and not the process of the user.
 */
import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NativeInstall } from './native';

/** What the child found out. */
export type ProbeResult = { ok: true; tensorflow: string } | { ok: false; problem: string };

const givenUp: ProbeResult = { ok: false, problem: 'nobody waited for its answer' };

// Runs in the child, in plain JavaScript: [[1, 2], [3, 4]] squared by TensorFlow's own kernel, without any of tfjs.
const childScript = `
const binding = require(process.argv[1]);
const flag = (name) => ({ name, type: binding.TF_ATTR_BOOL, value: false });
const attributes = [flag('transpose_a'), flag('transpose_b'), { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];
const matrix = binding.createTensor([2, 2], binding.TF_FLOAT, new Float32Array([1, 2, 3, 4]));
const [product] = binding.executeOp('MatMul', attributes, [matrix, matrix], 1);
const values = Array.from(binding.tensorDataSync(product.id));
process.stdout.write('probe:' + JSON.stringify({ values, tensorflow: binding.TF_Version }));
`;

/** Environment of a child that runs plain Node, also where this process is an Electron. */
export function plainNodeEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    ELECTRON_RUN_AS_NODE: '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
  };
  delete environment['NODE_OPTIONS'];
  return environment;
}

/** How long anybody waits for a probe. */
export interface ProbePatience {
  /** After which the child is given up, milliseconds. */
  readonly timeout?: number;
  /** Gives it up before. */
  readonly signal?: AbortSignal;
}

function runChild(binding: string, { timeout = 60_000, signal }: ProbePatience): Promise<ProbeResult> {
  if (signal?.aborted) return Promise.resolve(givenUp);
  return new Promise((resolve) => {
    const options = { env: plainNodeEnvironment(), timeout, killSignal: 'SIGKILL' as const };
    const end = (): void => void child.kill('SIGKILL');
    const child = execFile(
      process.execPath,
      ['-e', childScript, binding],
      options,
      (error, stdout, stderr) => {
        signal?.removeEventListener('abort', end);
        if (signal?.aborted) return resolve(givenUp);
        const line = /probe:(\{.*\})/.exec(stdout)?.[1];
        const said = line ? (JSON.parse(line) as { values: number[]; tensorflow: string }) : undefined;
        if (said?.values.join() === '7,10,15,22') return resolve({ ok: true, tensorflow: said.tensorflow });
        if (said)
          return resolve({ ok: false, problem: `it computed ${said.values.join()} instead of 7,10,15,22` });
        resolve({ ok: false, problem: describeFailure(error, stderr, timeout) });
      },
    );
    signal?.addEventListener('abort', end);
  });
}

function describeFailure(
  error: (Error & { signal?: string | null; killed?: boolean }) | null,
  stderr: string,
  timeout: number,
) {
  if (error?.killed) return `it did not answer within ${timeout / 1000} s`;
  if (error?.signal) return `it crashed while loading (${error.signal})`;
  return /Error: (.*)/.exec(stderr)?.[1] ?? error?.message.split('\n')[0] ?? 'it ended without an answer';
}

/** What must be unchanged for an earlier answer to hold. */
function probeKey(binding: string): string {
  const { mtimeMs, size } = statSync(binding);
  return [
    binding,
    mtimeMs,
    size,
    process.versions.node,
    process.versions['electron'] ?? '',
    process.arch,
  ].join('|');
}

/**
 * Whether a set-up loads and multiplies correctly. A good answer is kept beside the set-up; a bad one is not, since its
 * cause may be mended without touching the binding.
 */
export async function probeNative(
  install: NativeInstall,
  patience: ProbePatience = {},
): Promise<ProbeResult> {
  const cacheFile = path.join(install.folder, 'probe.json');
  const key = probeKey(install.binding);
  try {
    const kept = JSON.parse(readFileSync(cacheFile, 'utf8')) as { key: string; tensorflow: string };
    if (kept.key === key) return { ok: true, tensorflow: kept.tensorflow };
  } catch {
    // Never probed, or the file was cut short: the probe answers again.
  }
  const result = await runChild(install.binding, patience);
  if (result.ok) {
    try {
      writeFileSync(cacheFile, JSON.stringify({ key, tensorflow: result.tensorflow }));
    } catch {
      // A set-up in a read-only place is probed each time.
    }
  }
  return result;
}
