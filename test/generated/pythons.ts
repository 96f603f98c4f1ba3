/** The real Keras, PyTorch, ONNX Runtime and TensorBoard, as processes that take a job and answer in JSON. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export type Framework = 'keras' | 'torch' | 'onnx' | 'tensorboard';

const variables: Readonly<Record<Framework, string>> = {
  keras: 'NAS_KERAS_PYTHON',
  onnx: 'NAS_KERAS_PYTHON',
  tensorboard: 'NAS_KERAS_PYTHON',
  torch: 'NAS_TORCH_PYTHON',
};

/**
 * The Python that has the framework: named by an environment variable, or set up by the project's own script.
 * @throws {Error} that says what is missing; the tests fail then, since unproven code is no proof
 */
export async function pythonWith(framework: Framework): Promise<string> {
  const variable = variables[framework];
  const given = process.env[variable];
  if (given) {
    assert.ok(existsSync(given), `${variable} names ${given}, which does not exist.`);
    return given;
  }
  const script = path.join(__dirname, '../../scripts/python.mjs');
  const { ensurePython } = (await import(pathToFileURL(script).href)) as {
    ensurePython: () => Record<'keras' | 'torch', string>;
  };
  return ensurePython()[framework === 'torch' ? 'torch' : 'keras'];
}

/** A folder that is gone when the tests are over. */
export function temporaryFolder(): { path: string; dispose(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'nas-generated-'));
  return { path: folder, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Runs `python/run_FRAMEWORK.py` on a job.
 * @param folder for the job and what the script writes
 * @returns what the script answered
 */
export async function runPython(framework: Framework, folder: string, job: unknown): Promise<unknown> {
  const python = await pythonWith(framework);
  const jobFile = path.join(folder, `${framework}-job.json`);
  writeFileSync(jobFile, JSON.stringify(job));
  const script = path.join(__dirname, 'python', `run_${framework}.py`);
  const env = {
    ...process.env,
    TF_CPP_MIN_LOG_LEVEL: '3',
    KERAS_BACKEND: 'tensorflow',
    PYTHONDONTWRITEBYTECODE: '1',
    // Such small layers are no work to share: threads that wait for each other only take time from the other stages.
    TF_NUM_INTRAOP_THREADS: '1',
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: '1',
  };
  const options = { encoding: 'utf8', env, maxBuffer: 1 << 28, cwd: folder } as const;
  const run = await new Promise<{ error: Error | null; stdout: string; stderr: string }>((resolve) => {
    execFile(python, ['-X', 'utf8', script, jobFile], options, (error, stdout, stderr) =>
      resolve({ error, stdout, stderr }),
    );
  });
  assert.equal(
    run.error,
    null,
    `${framework} refused the generated code, or ${python} cannot be started:\n${run.stderr.slice(-4000)}`,
  );
  return JSON.parse(run.stdout.trim().split('\n').at(-1)!);
}
