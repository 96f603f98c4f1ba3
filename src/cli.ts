/** `nas …`: the engine without an editor. */
import { main } from './cli/program';

void main(process.argv);
