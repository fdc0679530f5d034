import { parentPort, workerData } from 'node:worker_threads';
import { SqliteEngine } from './engine.ts';
import { failureOf } from './failures.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './protocol.ts';

/** The thread of one database: whatever SQLite waits for, the server's loop goes on. */
function main(settings: WorkerSettings): void {
  const port = parentPort;
  if (port === null) return;
  const engine = new SqliteEngine(settings.path, settings.options);
  const say = (message: FromWorker) => port.postMessage(message);
  try {
    engine.open();
    say({ kind: 'opened' });
  } catch (error) {
    say({ kind: 'failed', failure: failureOf(error) });
    port.close();
    return;
  }
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'work') {
      say({ kind: 'answers', answers: engine.work(message.requests) });
      return;
    }
    engine.close();
    port.close();
  });
}

main(workerData as WorkerSettings);
