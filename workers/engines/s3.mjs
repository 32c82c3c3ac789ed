/**
 * Uploads a checkpoint to an S3 bucket without a disk: `node s3.mjs SPEC.json s3://BUCKET/FOLDER 2/8` its part 2 of 8, `... index` the
 * index, once all parts are there. Run any of them again after a failure: what is complete is left as it is.
 *
 * Address, region and credentials come from where the AWS SDK looks for them: AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_PROFILE and so on.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DeleteObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Engine } from 'jumpfill';

const USAGE = `usage: node s3.mjs SPEC.json s3://BUCKET[/FOLDER] PART/PARTS
       node s3.mjs SPEC.json s3://BUCKET[/FOLDER] index`;

/** S3 takes parts from 5 MiB on, and at most 10,000 of them. Four are in memory. */
const UPLOAD_PART_BYTES = 8 * 2 ** 20;
const MAX_UPLOAD_PARTS = 10_000;

/** A server that no longer answers ends a request, which is then tried again: AWS_MAX_ATTEMPTS says how often. */
const TIMEOUTS = { connectionTimeout: 10_000, socketTimeout: 120_000 };

/** What trying again does not mend ends with 2. */
function refuse(message) {
  console.error(message);
  process.exit(2);
}

const [specPath, target = '', which, ...others] = process.argv.slice(2);
const [, Bucket, folder = ''] = /^s3:\/\/([^/:@]+)(?:\/(.*?))?\/*$/.exec(target) ?? [];
if (Bucket === undefined || which === undefined || others.length > 0) refuse(USAGE);
const spec = await readFile(specPath, 'utf8')
  .then(JSON.parse)
  .catch((error) => refuse(`${specPath}: ${error.message}`));

const stop = new AbortController();
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => {
    console.error(`${signal}: no more bytes are drawn; what S3 has of an unfinished object is removed.`);
    process.exitCode = exitCode;
    stop.abort(new Error(signal));
  });
}

/** A model's own shapes come with `like` and `init`, which belong here. */
const OPTIONS = { shardSize: process.env.SHARD_SIZE ?? '5GB', signal: stop.signal };
const INDEX_NAME = 'model.safetensors.index.json';

// What is not AWS mostly has no host name for each bucket.
const forcePathStyle = process.env.AWS_ENDPOINT_URL_S3 !== undefined;
const client = new S3Client({ forcePathStyle, requestHandler: TIMEOUTS });
const engine = new Engine();

const keyOf = (name) => (folder === '' ? name : `${folder}/${name}`);

/** The hash of what decides every byte of a file: a shard's header has seed and recipes. An index says all itself. */
async function identify(file) {
  const end = file.name === INDEX_NAME ? file.byteLength : await headerEndOf(file);
  return createHash('sha256')
    .update(await buffer(file.stream(0, end)))
    .digest('hex');
}

const headerEndOf = async (file) => 8 + Number((await buffer(file.stream(0, 8))).readBigUInt64LE());

/**
 * What the bucket has under a file's name: 'missing', 'same', complete and drawn from the same spec and seed, or 'other'. S3 shows an
 * object only when all of it is there.
 */
async function findStored(file, identity) {
  try {
    const { ContentLength, Metadata } = await client.send(
      new HeadObjectCommand({ Bucket, Key: keyOf(file.name) }),
      { abortSignal: stop.signal },
    );
    return ContentLength === file.byteLength && Metadata?.identity === identity ? 'same' : 'other';
  } catch (error) {
    if (error.$metadata?.httpStatusCode === 404) return 'missing';
    throw error;
  }
}

/** An upload that fails is aborted. One whose process was killed keeps its parts until a rule of the bucket removes them. */
async function store(file) {
  const identity = await identify(file);
  const stored = await findStored(file, identity);
  if (stored === 'same') return 'was there';
  // Nobody may find an old index beside shards of which some are new.
  if (stored === 'other' && file.name !== INDEX_NAME)
    await client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(INDEX_NAME) }));
  const params = { Bucket, Key: keyOf(file.name), Metadata: { identity, seed: file.seed } };
  const partSize = Math.max(UPLOAD_PART_BYTES, Math.ceil(file.byteLength / MAX_UPLOAD_PARTS));
  await new Upload({
    client,
    params: { ...params, Body: Readable.from(file.stream()) },
    partSize,
  }).done();
  return 'stored';
}

async function storeAll(options) {
  for await (const file of engine.streamCheckpointFiles(spec, { ...OPTIONS, ...options })) {
    const state = await store(file);
    console.log(JSON.stringify({ file: file.name, byteLength: file.byteLength, state }));
  }
}

/** The index says that the checkpoint is complete, so it comes last. */
async function refuseMissing() {
  const missing = [];
  for await (const file of engine.streamCheckpointFiles(spec, { ...OPTIONS, index: false })) {
    if ((await findStored(file, await identify(file))) !== 'same') missing.push(file.name);
  }
  if (missing.length > 0)
    throw new Error(
      `Not in the bucket, or of another spec, seed or version: ${missing.join(', ')}. Run their parts.`,
    );
}

/** Of an answer without a body, such as that to HEAD, the SDK knows no more than the status. */
function describe({ name, message, $metadata }) {
  const status = $metadata?.httpStatusCode;
  return `${name}: ${message}${status === undefined ? '' : ` (HTTP ${status}, s3://${Bucket}/${folder})`}`;
}

try {
  if (which === 'index') {
    await refuseMissing();
    await storeAll({ index: true });
  } else {
    await storeAll({ part: which });
  }
} catch (error) {
  if (!stop.signal.aborted) console.error(describe(error));
  process.exitCode ??= error.name === 'ValueError' ? 2 : 1;
} finally {
  await engine.close();
  client.destroy();
}
