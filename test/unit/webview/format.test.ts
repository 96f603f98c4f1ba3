import assert from 'node:assert/strict';
import {
  formatBytes,
  formatCount,
  formatHuge,
  formatInteger,
  formatLoss,
  formatPercent,
  formatQuantity,
  formatStepTime,
  formatTick,
  formatTimeLeft,
} from '../../../webview/kit/format';

/** No-break spaces as plain ones, for readable expectations. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}

describe('webview: numbers as text', () => {
  it('groups the digits of integers', () => {
    assert.equal(formatInteger(1_930_618), '1,930,618');
    assert.equal(formatInteger(0), '0');
  });

  it('shortens counts to three significant digits', () => {
    const cases: [number, string][] = [
      [0, '0'],
      [950, '950'],
      [999.6, '1 k'],
      [1_930_618, '1.93 M'],
      [38_204_672, '38.2 M'],
      [300_123_456, '300 M'],
      [999_600_000, '1 G'],
      [2_500_000_000, '2.5 G'],
    ];
    for (const [value, text] of cases) assert.equal(plain(formatCount(value)), text);
  });

  it('writes shares as percent', () => {
    assert.equal(plain(formatPercent(0.984)), '98.4 %');
    assert.equal(plain(formatPercent(1)), '100.0 %');
    assert.equal(plain(formatPercent(0.325, 0)), '33 %');
  });

  it('writes bytes in the unit that fits', () => {
    assert.equal(plain(formatBytes(1_214_000_000)), '1.2 GB');
    assert.equal(plain(formatBytes(61_200_000)), '61 MB');
    assert.equal(plain(formatBytes(512)), '512 B');
  });

  it('writes the duration of a step', () => {
    assert.equal(plain(formatStepTime(312.4)), '312 ms');
    assert.equal(plain(formatStepTime(4.26)), '4.3 ms');
    assert.equal(plain(formatStepTime(1400)), '1.4 s');
  });

  it('keeps the time left coarse', () => {
    const cases: [number, string][] = [
      [3, 'a few seconds left'],
      [42, 'about 40 s left'],
      [58, 'about 1 min left'],
      [125, 'about 2 min left'],
      [3600, 'about 1 h left'],
      [3900, 'about 1 h 5 min left'],
      [200_000, 'about 2 d left'],
    ];
    for (const [seconds, text] of cases) assert.equal(plain(formatTimeLeft(seconds)), text);
  });

  it('writes losses from tiny to huge', () => {
    assert.equal(formatLoss(0.4123), '0.412');
    assert.equal(formatLoss(123.456), '123.5');
    assert.equal(formatLoss(0.00012), '1.2e−4');
    assert.equal(formatLoss(0), '0.000');
  });

  it('leaves needless zeros out of ticks', () => {
    assert.equal(formatTick(2), '2');
    assert.equal(formatTick(0.30000000000000004), '0.3');
    assert.equal(formatTick(0.0001), '1e−4');
  });

  it('writes the size of a space as a power of ten', () => {
    assert.equal(formatHuge('6144'), '6,144');
    assert.equal(plain(formatHuge('1104076000000000000')), '1.1 × 10¹⁸');
    assert.equal(formatHuge('not a number'), 'not a number');
  });

  it('puts nouns into the plural', () => {
    assert.equal(formatQuantity(1, 'edge'), '1 edge');
    assert.equal(formatQuantity(0, 'edge'), '0 edges');
  });
});
