import assert from 'node:assert/strict';
import {
  contrast,
  mix,
  parseColour,
  readableShare,
  withOpacity,
  type Rgba,
} from '../../../webview/kit/contrast';
import { themeNames, themes } from '../../webview/themes';

const black: Rgba = [0, 0, 0, 1];
const white: Rgba = [255, 255, 255, 1];

describe('webview: colours', () => {
  it('reads the forms in which themes write colours', () => {
    assert.deepEqual(parseColour('#1f1F1f'), [31, 31, 31, 1]);
    assert.deepEqual(parseColour(' #fff '), white);
    assert.deepEqual(parseColour('rgba(204, 204, 204, 0.5)'), [204, 204, 204, 0.5]);
    assert.deepEqual(parseColour('rgb(1 2 3 / 50%)'), [1, 2, 3, 0.5]);
    assert.deepEqual(parseColour('#00000080'), [0, 0, 0, 128 / 255]);
    for (const text of ['', 'red', '#12345', 'rgb(1, 2)', 'rgb(a, b, c)'])
      assert.equal(parseColour(text), undefined);
  });

  it('knows the contrast of black and white, and of a colour to itself', () => {
    assert.equal(contrast(black, white), 21);
    assert.equal(contrast(white, black), 21);
    assert.equal(contrast([55, 148, 255, 1], [55, 148, 255, 1]), 1);
  });

  it('finds the strongest mix on which text reads, in every theme', () => {
    for (const name of themeNames) {
      const { variables } = themes[name];
      const [background, accent, text] = ['editor-background', 'charts-blue', 'foreground'].map((variable) =>
        parseColour(variables[`--vscode-${variable}`]!)!,
      ) as [Rgba, Rgba, Rgba];
      const share = readableShare(background, accent, text, 4.5);
      assert.ok(share > 0.3, `${name}: a ramp up to ${share} shows too little`);
      assert.ok(contrast(mix(background, accent, share), text) >= 4.5);
      assert.ok(share === 1 || contrast(mix(background, accent, share + 0.01), text) < 4.5);
    }
  });

  it('gives up on a ramp where no mix reads', () => {
    assert.equal(readableShare(white, black, white, 4.5) > 0, true);
    assert.equal(readableShare(white, white, white, 4.5), 0);
  });

  it('multiplies opacities and leaves what is no colour alone', () => {
    assert.equal(withOpacity('#ffffff', 0.25), 'rgba(255, 255, 255, 0.25)');
    assert.equal(withOpacity('rgba(0, 0, 0, 0.5)', 0.5), 'rgba(0, 0, 0, 0.25)');
    assert.equal(withOpacity('currentColor', 0.5), 'currentColor');
  });
});
