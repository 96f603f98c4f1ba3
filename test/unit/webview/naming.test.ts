import assert from 'node:assert/strict';
import { dartsOperations, operationNames, type Operation } from '../../../src/space/operations';
import { labelWidth, layoutCell } from '../../../webview/architecture/cellLayout';
import { edgeText, operationLook } from '../../../webview/kit/naming';
import { withOperations } from '../generate/genotypes';

describe('webview: names of operations and edges', () => {
  it('shortens the operations of DARTS', () => {
    assert.deepEqual(
      dartsOperations.map((name) => operationLook(name).short),
      ['none', 'max 3×3', 'avg 3×3', 'skip', 'sep 3×3', 'sep 5×5', 'dil 3×3', 'dil 5×5'],
    );
  });

  it('shortens those that other spaces bring', () => {
    assert.equal(operationLook('conv_1x1').short, 'conv 1×1');
    assert.equal(operationLook('conv_7x1_1x7').short, 'conv 7×1 1×7');
  });

  it('writes the names of operations that it does not know as they are', () => {
    const { short, description, dash } = operationLook('max_pool_9x9');
    assert.deepEqual([short, description, dash], ['max pool 9x9', '', []]);
  });

  it('shows an operation that is added to the registry as its entry says, whatever its name', () => {
    const octave: Operation = {
      name: 'max_pool_octave',
      description: 'Octave convolution.',
      look: { family: 'dense', word: 'octave', kernel: '9×9' },
      layers: () => [],
    };
    withOperations([octave], () => {
      const { word, kernel, short, description, colour, dash } = operationLook('max_pool_octave');
      assert.deepEqual([word, kernel, short], ['octave', '9×9', 'octave 9×9']);
      assert.equal(description, 'Octave convolution.');
      assert.equal(colour, operationLook('conv_3x3').colour);
      assert.notDeepEqual(dash, operationLook('conv_3x3').dash);
      const layout = layoutCell({ nodes: [[{ operation: 'max_pool_octave', input: 0 }]] }, 'LR');
      assert.equal(layout.edges[0]!.label!.width, labelWidth('octave 9×9'));
    });
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
