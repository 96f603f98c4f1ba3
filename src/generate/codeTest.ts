/**
 * A test of generated code: that it has the parameters which its header tells, loads what was trained, and takes some pictures for what
 * the run took them for. It needs what the code needs and no test runner, though runners of all three languages find it.
 */
import type { GenotypeFile } from '../space/genotype';
import { describeNetwork } from './describe';
import type { Language } from './language';
import { pythonString, slug, typescriptString } from './text';

/** Pictures with what the run computed of them, as the test's file of samples has them. */
export interface Samples {
  /** [N, H, W, C] */
  readonly shape: readonly number[];
  /** Pixels from 0 to 255, row by row, in base64. */
  readonly pixels: string;
  /** [N][classes] */
  readonly logits: readonly (readonly number[])[];
}

export interface TestFiles {
  readonly test: { readonly name: string; readonly text: string };
  readonly samples: { readonly name: string; readonly text: string };
}

/** What a test's logits may be apart, by the largest of them: frameworks sum in different orders. */
const tolerance = '1e-4';

/**
 * @param file with the normalization, since the test gives the code pixels
 * @param codeName file of the code, in the same folder
 * @param weights where the weights that it loads are, from that folder on, with slashes
 */
export function codeTest(
  file: GenotypeFile,
  language: Language,
  codeName: string,
  weights: string,
  samples: Samples,
): TestFiles {
  const { cost, functionalCost } = describeNetwork(file);
  const base = slug(file.origin.name, '-');
  const samplesName = `${base}-samples.json`;
  const module = codeName.replace(/\.(py|ts)$/, '');
  const known = { codeName, module, weights, samplesName };
  const parameters = (language.functional ? functionalCost : cost).parameters;
  const template = templates[language.id];
  if (!template) throw new RangeError(`There is no test of ${language.title} code.`);
  const text = template({ ...known, parameters });
  const name = language.extension === '.py' ? `test_${codeName}` : `${module}.test${language.extension}`;
  return { test: { name, text }, samples: { name: samplesName, text: `${JSON.stringify(samples)}\n` } };
}

interface Known {
  readonly codeName: string;
  readonly module: string;
  readonly weights: string;
  readonly samplesName: string;
  readonly parameters: number;
}

type Template = (known: Known) => string;

/** The parts of a Python test that do not depend on the framework. */
function python(
  { codeName, weights, samplesName, parameters }: Known,
  { imports, count, predict }: { readonly imports: string; readonly count: string; readonly predict: string },
): string {
  return `\
"""Checks that ${codeName} is the network that was trained.

Try it: python test_${codeName}, or pytest.
"""

import base64
import json
from pathlib import Path

${imports}

HERE = Path(__file__).parent
WEIGHTS = ${pythonString(weights)}
SAMPLES = ${pythonString(samplesName)}


def test_parameters() -> None:
${count}
    assert parameters == ${parameters}, parameters


def test_predictions() -> None:
    samples = json.loads((HERE / SAMPLES).read_text())
    stored = np.frombuffer(base64.b64decode(samples["pixels"]), dtype="uint8")
    pixels = stored.reshape(samples["shape"]).astype("float32")
    expected = np.array(samples["logits"])
${predict}
    assert (logits.argmax(1) == expected.argmax(1)).all()
    distance = np.abs(logits - expected).max()
    assert distance <= ${tolerance} * max(1, np.abs(expected).max()), distance


if __name__ == "__main__":
    test_parameters()
    test_predictions()
    print("The code is the network that was trained.")
`;
}

const templates: Readonly<Record<string, Template>> = {
  keras: (known) =>
    python(known, {
      imports: `import numpy as np\nfrom keras import ops\n\nimport ${known.module} as code`,
      count: `\
    weights = code.build_model().trainable_weights
    parameters = sum(int(np.prod(weight.shape)) for weight in weights)`,
      predict: `\
    model = code.build_model()
    code.load_weights(model, str(HERE / WEIGHTS))
    logits = ops.convert_to_numpy(model(code.normalize(pixels)))`,
    }),
  pytorch: (known) =>
    python(known, {
      imports: `import numpy as np\nimport torch\nfrom safetensors.torch import load_file\n\nimport ${known.module} as code`,
      count: `\
    network = code.Network()
    parameters = sum(parameter.numel() for parameter in network.parameters())`,
      predict: `\
    network = code.Network()
    network.load_state_dict(load_file(HERE / WEIGHTS))
    network.eval()
    images = code.normalize(torch.from_numpy(pixels).permute(0, 3, 1, 2))
    with torch.no_grad():
        logits = network(images).numpy()`,
    }),
  typescript: ({ codeName, module, weights, samplesName, parameters }) => `\
/** Checks that ${codeName} is the network that was trained, with the test runner of Node. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { buildModel, loadWeights, normalize } from './${module}';

const weights = ${typescriptString(weights)};
const samples = ${typescriptString(samplesName)};

interface Samples {
  shape: [number, number, number, number];
  pixels: string;
  logits: number[][];
}

const here = (path: string): Buffer => readFileSync(join(__dirname, path));

test('it has the parameters of the network', () => {
  const shapes = buildModel().trainableWeights.map(({ shape }) => shape as number[]);
  const parameters = shapes.reduce((sum, shape) => sum + tf.util.sizeFromShape(shape), 0);
  assert.equal(parameters, ${parameters});
});

test('it takes pictures for what the run took them for', () => {
  const { shape, pixels, logits: expected } = JSON.parse(here(samples).toString()) as Samples;
  const model = buildModel();
  loadWeights(model, here(weights));
  const images = normalize(tf.tensor4d(Float32Array.from(Buffer.from(pixels, 'base64')), shape));
  const logits = (model.predict(images) as tf.Tensor2D).arraySync();
  const largest = Math.max(1, ...expected.flat().map(Math.abs));
  logits.forEach((row, image) => {
    const wanted = expected[image]!;
    assert.equal(row.indexOf(Math.max(...row)), wanted.indexOf(Math.max(...wanted)));
    row.forEach((logit, k) => {
      assert.ok(Math.abs(logit - wanted[k]!) <= ${tolerance} * largest);
    });
  });
});
`,
};
