import assert from 'node:assert/strict';
import { dartsOperations, operationNames } from '../../../src/space/operations';
import { edgeText, operationLook } from '../../../webview/kit/naming';

describe('webview: names of operations and edges', () => {
  it('shortens the operations of DARTS', () => {
    assert.deepEqual(
      dartsOperations.map((name) => operationLook(name).short),
      ['none', 'max 3×3', 'avg 3×3', 'skip', 'sep 3×3', 'sep 5×5', 'dil 3×3', 'dil 5×5'],
    );
  });

  it('shortens names that later spaces bring', () => {
    assert.equal(operationLook('conv_1x1').short, 'conv 1×1');
    assert.equal(operationLook('conv_7x1_1x7').short, 'conv 7×1 1×7');
    assert.equal(operationLook('mbconv_5x5_e6').short, 'mbconv 5×5 e6');
    assert.equal(operationLook('something_else').short, 'something else');
  });

  it('gives every registered operation its own look and a sentence', () => {
    const looks = operationNames.map(operationLook);
    assert.equal(
      new Set(looks.map(({ colour, dash }) => `${colour} ${dash.join()}`)).size,
      operationNames.length,
    );
    for (const look of looks) assert.ok(look.description, look.name);
  });

  it('writes edges as the papers do', () => {
    assert.equal(edgeText({ from: 0, node: 0 }), 'c_{k-2} → 2');
    assert.equal(edgeText({ from: 1, node: 2 }), 'c_{k-1} → 4');
    assert.equal(edgeText({ from: 2, node: 3 }), '2 → 5');
  });
});
