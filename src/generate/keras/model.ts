/** The function that builds the whole network: what every space's has in common. */
import type { GenotypeFile } from '../../space/genotype';

/** A parameter as it is written, e.g. `cells: int = 8`, and its line in the docstring. */
interface Parameter {
  readonly code: string;
  readonly text: string;
}

export interface ModelFunction {
  readonly summary: string;
  /** What the network can be scaled by, between the shape of the images and the classes. */
  readonly scale?: readonly Parameter[];
  readonly more?: readonly Parameter[];
  /** Lines from `images` to what is pooled. */
  readonly body: string;
  /** What is pooled. */
  readonly output: string;
  /** Lines between the pooled `features` and the classifier. */
  readonly hidden?: string;
}

export function modelFunction({ network }: GenotypeFile, model: ModelFunction): string {
  const { summary, scale = [], more = [], body, output, hidden } = model;
  const { classes, input } = network;
  const parameters: Parameter[] = [
    {
      code: `input_shape: tuple[int | None, int | None, int] = (${input.height}, ${input.width}, ${input.channels})`,
      text: 'input_shape: height, width (None for any) and channels of the images.',
    },
    ...scale,
    { code: `classes: int = ${classes}`, text: 'classes: number of logits.' },
    ...more,
  ];
  return `\
def build_model(
${parameters.map(({ code }) => `    ${code},`).join('\n')}
) -> keras.Model:
    """${summary}

    The model gives logits: train it with a loss that has \`from_logits=True\`.

    Args:
${parameters.map(({ text }) => `        ${text}`).join('\n')}
    """
    images = keras.Input(input_shape, name="images")
${body}
    features = layers.GlobalAveragePooling2D(name="features")(${output})
${hidden ? `${hidden}\n` : ''}\
    logits = layers.Dense(classes, name="classifier")(features)
    return keras.Model(images, logits)`;
}
