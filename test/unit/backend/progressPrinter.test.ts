import assert from 'node:assert/strict';
import { progressPrinter } from '../../../src/backend/setup/progressPrinter';

describe('progress of a set-up as lines', () => {
  it('prints each step once and each tenth of a long one', () => {
    let text = '';
    let time = 0;
    const print = progressPrinter(
      (part) => (text += part),
      () => time,
    );
    print({ step: 'Downloading', fraction: 0, detail: 'pip download' });
    time = 1500;
    for (const percent of [1, 9, 10, 11, 19, 35, 100])
      print({ step: 'Downloading', fraction: percent / 100 });
    time = 61_000;
    print({ step: 'Building', detail: 'node-gyp' });
    print({ step: 'Building', detail: 'CXX a.o' });
    assert.equal(
      text,
      [
        '   0 s  Downloading (pip download)',
        '   2 s    10 %',
        '   2 s    30 %',
        '   2 s    100 %',
        '  61 s  Building (node-gyp)',
        '',
      ].join('\n'),
    );
  });
});
