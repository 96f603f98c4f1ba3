/** A worker that says what NAS_SCRIPT tells it to: a list of messages, and "stop" / "die" for how it ends. */
const { messages, end } = JSON.parse(process.env.NAS_SCRIPT);

process.on('message', ({ type }) => {
  if (type === 'start') {
    messages.forEach((message) => process.send(message));
    if (end === 'die') process.kill(process.pid, 'SIGKILL');
    if (end === 'finish') process.send({ type: 'done', outcome: 'finished' }, () => process.exit(0));
  }
  if (type === 'stop' && end === 'stop')
    process.send({ type: 'done', outcome: 'stopped' }, () => process.exit(0));
});
process.on('disconnect', () => process.exit(0));
process.stdout.write('scripted worker\n');
process.send({ type: 'hello', version: 1, pid: process.pid });
