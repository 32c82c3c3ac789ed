/**
 * The parts of a checkpoint as a flow of BullMQ: every part is a job, and their parent merges and verifies what they wrote.
 *
 *   node bullmq.mjs add SPEC.json OUT PARTS [SHARD_SIZE]   adds a flow, and prints its id; with 0 parts, of the merge alone
 *   node bullmq.mjs work                                   works until it is stopped: one on each machine
 *   node bullmq.mjs show ID                                prints states, progress and reports of a flow, as JSON
 *   node bullmq.mjs cancel ID                              ends a flow
 *
 * The workers share a file system with OUT on it. REDIS_URL says where Redis is, LOCK_MS after how much silence a worker counts as dead.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, resolve } from 'node:path';
import {
  DelayedError,
  FlowProducer,
  Queue,
  QueueEvents,
  QueueEventsProducer,
  UnrecoverableError,
  WaitingError,
  Worker,
} from 'bullmq';
import { Engine, NotImplementedError, planCheckpoint, ValueError } from 'jumpfill';

const QUEUE = 'jumpfill';
const { REDIS_URL = 'redis://127.0.0.1:6379', LOCK_MS = '30000' } = process.env;
const connection = { url: REDIS_URL, maxRetriesPerRequest: null };

/** A failure may be bad luck; a mistake is not tried again (answerTo). */
const PATIENCE = { attempts: 5, backoff: { type: 'exponential', delay: 1000 } };

/** @returns the id of the parent, which is that of the flow */
async function add(specPath, out, parts, shardSize = '5GB') {
  const flow = randomUUID();
  const spec = JSON.parse(await readFile(specPath, 'utf8'));
  // What is wrong with the spec or the numbers is found here, not by a worker.
  if (parts !== '0') await planCheckpoint(spec, { out, shardSize, part: `1/${parts}` });
  const data = { flow, out: resolve(out) };
  const children = Array.from({ length: Number(parts) }, (_, i) => ({
    name: 'part',
    queueName: QUEUE,
    data: { ...data, spec, shardSize, part: `${i + 1}/${parts}` },
    opts: { ...PATIENCE, failParentOnFailure: true },
  }));
  const producer = new FlowProducer({ connection });
  await producer.add({ name: 'merge', queueName: QUEUE, data, opts: { ...PATIENCE, jobId: flow }, children });
  await producer.close();
  console.log(flow);
}

/**
 * Tells the queue how far a job is, as fast as the queue takes it.
 * @returns a function for `onProgress`, which must not wait
 */
function reportTo(job) {
  let isSending = false;
  return (progress) => {
    if (isSending) return;
    isSending = true;
    const done = () => (isSending = false);
    // A figure that is lost is no reason to stop.
    job.updateProgress(progress).then(done, done);
  };
}

/** What a job returns is its report, as JSON: BullMQ writes it with JSON.stringify. */
const WORK = {
  part: (engine, job, signal) => {
    const { spec, out, shardSize, part } = job.data;
    const onProgress = reportTo(job);
    // BullMQ gives a job to one worker at a time. If an earlier one lives after all, it loses the output, too.
    const options = { out, shardSize, part, takeOver: true, resume: true, signal, onProgress };
    return engine.writeCheckpoint(spec, options);
  },
  merge: async (engine, job, signal) => {
    const merged = await engine.mergeCheckpoint({ out: job.data.out });
    const verified = await engine.verifyCheckpoint(merged.indexPath, { signal, onProgress: reportTo(job) });
    if (!verified.equal)
      throw new UnrecoverableError(`${basename(merged.indexPath)} is not what its parts should be.`);
    return { merged, verified };
  },
};

const STOPPED = 'This worker stops.';
const CANCELLED = 'The flow was cancelled.';

/** Turns the failure of a job into the answer that makes BullMQ do what helps. */
async function answerTo(error, job, token, signal) {
  if (signal.reason === STOPPED) {
    await job.moveToWait(token);
    return new WaitingError();
  }
  if (signal.aborted) return new UnrecoverableError(String(signal.reason));
  // OUTPUT_LOCKED: a new attempt helps later, and does not count.
  if (error.retryAfterMs !== undefined) {
    await job.moveToDelayed(Date.now() + error.retryAfterMs, token);
    return new DelayedError();
  }
  const isMistake = error instanceof ValueError || error instanceof NotImplementedError;
  return isMistake ? new UnrecoverableError(error.message) : error;
}

const log = (...words) => console.log(hostname(), ...words);

/**
 * @param active  the flows of the jobs that run here, by the jobs' ids
 * @returns what BullMQ calls for each job. It passes the signal to functions that name three parameters.
 */
const processorOf = (engine, active) => async (job, token, signal) => {
  log('begins', job.name, job.data.part ?? '', job.id);
  if (job.data.isCancelled) throw new UnrecoverableError(CANCELLED);
  active.set(job.id, job.data.flow);
  try {
    return await WORK[job.name](engine, job, signal);
  } catch (error) {
    throw await answerTo(error, job, token, signal);
  } finally {
    active.delete(job.id);
  }
};

/** The queue's reasons to end a job become the abort of its signal. */
function heedQueue(worker, events, active) {
  const end = (id, reason) => {
    worker.cancelJob(id, reason);
    log('cancels', id, reason);
  };
  events.on('cancel', ({ flow }) => {
    for (const [id, flowOfJob] of active) if (flowOfJob === flow) end(id, CANCELLED);
  });
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) end(id, 'The queue took this worker for dead, and gave the job to another.');
  });
}

function logEvents(worker, events) {
  worker.on('stalled', (id) => log('finds stalled', id));
  worker.on('completed', (job) => log('has done', job.name, job.id));
  worker.on('failed', (job, error) => log('has failed', job?.name, job?.id, error.message));
  // Without a listener, a connection that breaks would end the process.
  worker.on('error', (error) => log('error', error.message));
  events.on('error', (error) => log('error', error.message));
}

async function work() {
  // One engine, and one job at a time, which uses all cores.
  const [engine, active] = [new Engine(), new Map()];
  const worker = new Worker(QUEUE, processorOf(engine, active), {
    connection,
    concurrency: 1,
    lockDuration: Number(LOCK_MS),
    stalledInterval: Number(LOCK_MS),
    // A part that is begun again goes on where it was: workers may die as often as they like.
    maxStalledCount: 1000,
  });
  const events = new QueueEvents(QUEUE, { connection });
  heedQueue(worker, events, active);
  logEvents(worker, events);
  const stop = async () => {
    worker.cancelAllJobs(STOPPED);
    log('stops');
    await Promise.all([worker.close(), events.close()]);
    await engine.close();
  };
  for (const name of ['SIGTERM', 'SIGINT']) process.once(name, stop);
  await Promise.all([worker.waitUntilReady(), events.waitUntilReady()]);
  log('works');
}

const describe = async (job) => ({
  id: job.id,
  name: job.name,
  part: job.data.part,
  state: await job.getState(),
  attempts: job.attemptsStarted,
  progress: job.progress,
  failedReason: job.failedReason,
  result: job.returnvalue,
});

async function show(id) {
  const producer = new FlowProducer({ connection });
  const flow = await producer.getFlow({ id, queueName: QUEUE });
  if (flow === undefined) throw new Error(`The queue has no flow ${id}.`);
  const jobs = [flow.job, ...(flow.children ?? []).map(({ job }) => job)];
  const [merge, ...parts] = await Promise.all(jobs.map(describe));
  console.log(JSON.stringify({ merge, parts }));
  await producer.close();
}

/** Parts that wait are removed, those that run are told, and the merge fails with them, or when its turn comes. */
async function cancel(id) {
  const queue = new Queue(QUEUE, { connection });
  const producer = new QueueEventsProducer(QUEUE, { connection });
  const merge = await queue.getJob(id);
  if (merge === undefined) throw new Error(`The queue has no flow ${id}.`);
  await merge.updateData({ ...merge.data, isCancelled: true });
  await merge.removeUnprocessedChildren();
  await producer.publishEvent({ eventName: 'cancel', flow: id });
  await Promise.all([queue.close(), producer.close()]);
}

const [command, ...parameters] = process.argv.slice(2);
const run = { add, work, show, cancel }[command];
if (run === undefined) throw new Error('usage: node bullmq.mjs add|work|show|cancel ...');
await run(...parameters);
