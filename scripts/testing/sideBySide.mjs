/** Runs tasks side by side: each as soon as those it waits for are done and a lane is free. */

/**
 * @typedef {object} Task
 * @property {string} name
 * @property {string[]} [after] tasks that have to be done before, however they ended; names that are not run count as done
 * @property {boolean} [waits] it waits for the network more than it computes, and takes no lane
 */

/**
 * Begins tasks in their order wherever that can be.
 * @template {Task} T
 * @param {readonly T[]} tasks
 * @param {number} lanes how many may compute at once
 * @param {(task: T) => Promise<void>} run must not reject
 * @param {() => boolean} [stopped] whether no further task is to begin
 * @returns {Promise<T[]>} those that never began, because of `stopped`
 * @throws {Error} where tasks wait for each other
 */
export async function sideBySide(tasks, lanes, run, stopped = () => false) {
  const waiting = [...tasks];
  /** @type {Map<string, Promise<T>>} */
  const running = new Map();
  let taken = 0;
  const isDone = (/** @type {string} */ name) =>
    !running.has(name) && !waiting.some((task) => task.name === name);
  const mayBegin = (/** @type {T} */ { after = [], waits = false }) =>
    (waits || taken < lanes) && after.every(isDone);
  while (waiting.length > 0 || running.size > 0) {
    for (let task; !stopped() && (task = waiting.find(mayBegin));) {
      const begun = task;
      waiting.splice(waiting.indexOf(begun), 1);
      if (!begun.waits) taken++;
      running.set(
        begun.name,
        run(begun).then(() => begun),
      );
    }
    if (running.size === 0) {
      if (stopped()) break;
      throw new Error(`These wait for each other: ${waiting.map(({ name }) => name).join(', ')}.`);
    }
    const done = await Promise.race(running.values());
    running.delete(done.name);
    if (!done.waits) taken--;
  }
  return waiting;
}
