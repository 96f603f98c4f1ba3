/** Generated Python that classifies pictures with trained weights: what both frameworks have in common. */
import type { GenotypeFile } from '../space/genotype';
import type { GenerateOptions } from './language';
import { pythonString } from './text';

/** What a framework writes of its own. */
export interface PictureFramework {
  /** What a network is called, as a variable and as a type. */
  readonly network: readonly [string, string];
  /**
   * From a picture of the right size, `small`, to `probabilities` and the classes in their `order`; lines of a function.
   * @param shape of an array with it alone
   */
  predict(shape: string): string;
  /** Statements that make the network with its weights, and count its `parameters`. */
  readonly load: string;
}

/** Whether code of a network can read pictures: they have one colour or three. */
export function readsPictures(
  { network, normalization }: GenotypeFile,
  { weights }: GenerateOptions,
): boolean {
  return weights !== undefined && normalization !== undefined && [1, 3].includes(network.input.channels);
}

/** Where the weights are. */
export function weightsConstant({ weights = '' }: GenerateOptions): string {
  return `# What was trained; from the folder of this file on.\nWEIGHTS = ${pythonString(weights)}`;
}

/** A function that classifies a picture, and the program that does so with all that are named. */
export function pictureProgram(
  { network, classNames }: GenotypeFile,
  { network: [variable, type], predict, load }: PictureFramework,
): string[] {
  const { height, width, channels } = network.input;
  const name = classNames ? 'CLASS_NAMES[k]' : 'str(k)';
  const classify = `\
def classify(${variable}: ${type}, picture: str) -> list[tuple[str, float]]:
    """The classes of a picture's file with their probabilities, the likeliest first."""
    with Image.open(picture) as image:
        small = image.convert("${channels === 1 ? 'L' : 'RGB'}").resize((${width}, ${height}), Image.Resampling.BOX)
${predict(`1, ${height}, ${width}, ${channels}`)}
    return [(${name}, float(probabilities[k])) for k in order]`;
  const main = `\
def main() -> None:
    """Classifies the pictures that are named on the command line."""
${load}
    print(f"{parameters:,} parameters with trained weights")
    for picture in sys.argv[1:]:
        print(picture)
        for name, share in classify(${variable}, picture)[:5]:
            print(f"  {name} {share:.1%}")


if __name__ == "__main__":
    main()`;
  return [classify, main];
}
