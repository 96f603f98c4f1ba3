/** What the fused engine says of a network that it has no kernels for, and the one way to let the reference compute it. */
import { UserError } from '../errors';

export class Unsupported extends UserError {
  /**
   * @param layer what has no kernels, as in "a shift"
   * @param operation the operation of the search space that the layer belongs to
   */
  constructor(
    readonly layer: string,
    readonly operation?: string,
  ) {
    super(
      `The fused engine has no kernels for ${layer}${operation === undefined ? '' : `, in the operation "${operation}"`}.`,
      'Set "engine" to "auto", which takes the reference where there are no kernels.',
      'no-kernels',
    );
  }
}

/** What the fused engine makes of a network, or what stands for it where the engine lacks kernels. */
export function whereSupported<T, E>(fused: () => T, otherwise: (reason: Unsupported) => E): T | E {
  try {
    return fused();
  } catch (error) {
    if (error instanceof Unsupported) return otherwise(error);
    throw error;
  }
}

/** Adds the operation's name to what is said of its layers. */
export function inOperation<T>(operation: string, make: () => T): T {
  return whereSupported(make, ({ layer }): never => {
    throw new Unsupported(layer, operation);
  });
}
