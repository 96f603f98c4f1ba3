import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { collectDoctorReport, type DoctorReport, formatDoctorReport } from '../../../src/backend/doctor';
import { installName } from '../../../src/backend/native';
import { restoreEnvironment, useTemporaryFolder, writeInstall } from './support';

const report: DoctorReport = {
  engine: 'fused engine 0.1.0, 8 threads',
  tensors: {
    name: 'tensorflow',
    description: 'TensorFlow 2.21.0 on CPU (AVX2), 8 threads',
    reason: 'Native TensorFlow 2.21.0 is set up and works.',
  },
  libraries: [
    { name: 'tensorflow', available: true, reason: 'It works.' },
    { name: 'wasm', available: false, reason: 'The files are missing.' },
  ],
  versions: {
    nasWorkbench: '0.1.0',
    node: '22.1.0',
    electron: '37.0.0',
    tfjs: '4.22.0',
    tensorflow: '2.21.0',
  },
  platform: { os: 'linux', arch: 'x64' },
  threads: 8,
  memory: { total: 16e9, free: 9.96e9 },
  native: { folder: '/cache/native/2.21.0-linux-x64', bytes: 853.4e6, rung: 'wheel' },
  cache: { folder: '/cache', bytes: 1.2e9 },
  data: [{ name: 'mnist', bytes: 54.9e6 }],
};

describe('doctor', () => {
  const folder = useTemporaryFolder();
  restoreEnvironment('NAS_CACHE_DIR', 'NAS_NATIVE_DIR');

  it('formats its report as aligned text', () => {
    assert.equal(
      formatDoctorReport(report),
      [
        'Engine         fused engine 0.1.0, 8 threads',
        'Tensors        TensorFlow 2.21.0 on CPU (AVX2), 8 threads. Native TensorFlow 2.21.0 is set up and works.',
        '  tensorflow   available. It works.',
        '  wasm         not available. The files are missing.',
        'Threads        8',
        'Memory         10.0 GB free of 16.0 GB',
        'NAS Workbench  0.1.0',
        'Node           22.1.0 (Electron 37.0.0)',
        'TensorFlow.js  4.22.0',
        'TensorFlow     2.21.0',
        'Platform       linux x64',
        'Native set-up  /cache/native/2.21.0-linux-x64, 853.4 MB, by wheel',
        'Cache          /cache, 1.2 GB',
        'Data sets      mnist 54.9 MB',
      ].join('\n'),
    );
  });

  it('finds the fallback, and the data sets, in a cache without a native set-up', async () => {
    process.env['NAS_CACHE_DIR'] = folder();
    delete process.env['NAS_NATIVE_DIR'];
    mkdirSync(path.join(folder(), 'data', 'fashion-mnist'), { recursive: true });
    writeFileSync(path.join(folder(), 'data', 'fashion-mnist', 'images'), Buffer.alloc(1000));
    const found = await collectDoctorReport('fused');
    assert.equal(found.tensors.name, 'wasm');
    assert.deepEqual(
      found.libraries.map(({ name, available }) => [name, available]),
      [
        ['tensorflow', false],
        ['wasm', true],
        ['cpu', true],
      ],
    );
    assert.deepEqual(found.data, [{ name: 'fashion-mnist', bytes: 1000 }]);
    assert.deepEqual(
      [found.cache, found.native, found.versions.tfjs],
      [{ folder: folder(), bytes: 1000 }, undefined, '4.22.0'],
    );
  });

  it('names the native set-up with its version', async () => {
    process.env['NAS_CACHE_DIR'] = folder();
    const install = writeInstall(path.join(folder(), 'native', installName('9.8.7')));
    const found = await collectDoctorReport('fused');
    assert.deepEqual(
      [found.tensors.name, found.native?.folder, found.versions.tensorflow],
      ['tensorflow', install.folder, '9.8.7'],
    );
  });
});
