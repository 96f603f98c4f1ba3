/** When to write a checkpoint: after every step as long as that costs little, else less often. */
import type { Snapshot } from '../snapshot';
import type { CheckpointStore } from '../runs/checkpoint';

/** Largest share of the run's time that checkpoints may take. */
const budgetShare = 0.05;

export class Checkpointer {
  private lastCost = 0;
  private lastEnd: number;

  constructor(
    private readonly store: CheckpointStore,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.lastEnd = now();
  }

  /** True when enough time has passed that another checkpoint stays within its share. */
  get due(): boolean {
    return (this.now() - this.lastEnd) * budgetShare >= this.lastCost;
  }

  /** @throws UserError when the disk is full or not writable; the checkpoint before is intact */
  save(take: () => Snapshot): void {
    const start = this.now();
    this.store.save(take());
    this.lastEnd = this.now();
    this.lastCost = this.lastEnd - start;
  }
}
