/** The way from the page to the extension host; VS Code keeps nothing of it, since all of it is in the file. */
import * as z from 'zod';
import type { GenotypePageCommand, GenotypePageRequest } from '../../src/protocol/genotypePage';
import { PageHost } from '../kit/vsCode';

const nothing = z.object({});

export class GenotypeHost extends PageHost<
  GenotypePageRequest,
  GenotypePageCommand,
  z.infer<typeof nothing>
> {
  constructor() {
    super(nothing);
  }
}
