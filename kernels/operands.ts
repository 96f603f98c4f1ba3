/** Where the operands of an instruction lie for the image, the chunk and the thread that it runs for. */

/** Address of the program's operands: base, bytes per image, bytes per chunk, bytes per thread of each. */
let operands: usize = 0;
let image: usize = 0;
let chunk: usize = 0;
let self: usize = 0;

/** A thread takes up a program. */
export function begin(operandsOfProgram: usize, thread: usize): void {
  operands = operandsOfProgram;
  self = thread;
}

/** What follows runs for this image of this chunk. */
export function turnTo(newImage: usize, newChunk: usize): void {
  image = newImage;
  chunk = newChunk;
}

export function currentImage(): usize {
  return image;
}

/** Address of operand `i` of the instruction at `at`. */
export function place(at: usize, i: usize): usize {
  const record = operands + ((<usize>load<u32>(at + 12 + (i << 2))) << 4);
  return (
    <usize>load<u32>(record) +
    image * <usize>load<u32>(record, 4) +
    chunk * <usize>load<u32>(record, 8) +
    self * <usize>load<u32>(record, 12)
  );
}

/** Word `i` behind the header of the instruction at `at`, as a number. */
export function number(at: usize, i: usize): i32 {
  return load<i32>(at + 12 + (i << 2));
}
