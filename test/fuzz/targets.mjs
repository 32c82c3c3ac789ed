/** The targets of the fuzzer: each makes an input and has it read; the result is compared with what JSON.parse gives. */
import { deepStrictEqual } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { iterator, parse } from '@humanwhocodes/momoa';
import { JumpfillError } from '../../dist/src/base/errors.js';
import { resolveModel } from '../../dist/src/domain/specs/spec.js';
import { STORED_BITS } from '../../dist/src/domain/tensors/stored-dtypes.js';
import * as realFiles from '../../dist/src/storage/read/checkpoint-files.js';
import { parseJournal } from '../../dist/src/storage/write/journal.js';
import { compareHeaders } from '../../dist/src/storage/write/journal-header.js';
import * as realReader from '../../dist/src/storage/read/stored-file.js';
import { parseRevision } from '../../dist/src/storage/remote/hub-api.js';
import { parseSpec } from '../../dist/src/storage/read/spec-file.js';
import * as realRecipe from '../../dist/src/storage/read/checkpoint-recipe.js';
import { breakBytes, breakText } from './random.mjs';

const HEADERS = [
  '{}',
  '{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}',
  '{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[4],"data_offsets":[4,12]},"a":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]}}',
  '{"__metadata__":null,"x":{"further":[{"a":-1.5e3},null,""],"dtype":"F16","shape":[1,2],"data_offsets":[0,4],"name":"x"},"m":{"shape":[3],"dtype":"I8","data_offsets":[4,7]}}',
  '{"e":{"dtype":"I64","shape":[0,7],"data_offsets":[0,0]},"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"p":{"dtype":"F4","shape":[2],"data_offsets":[8,9]},"gr\\u00f6\\u00dfe":{"dtype":"BOOL","shape":[3],"data_offsets":[9,12]}} \n',
];

const SPECS = [
  '{"seed":42,"default":{"dtype":"float32","init":{"kind":"wage","bits":2,"factor":1}},"tensors":[{"name":"w","shape":[64,3,3,3]},{"name":"b","shape":[10],"init":{"kind":"zeros"}}]}',
  '{"$schema":"x","seed":"18446744073709551615","tensors":[{"name":"t","shape":[5,7],"dtype":"bfloat16","init":{"kind":"truncated_normal","mean":0.5,"std":0.02,"low":"-inf","high":2}},{"name":"u","shape":[],"dtype":"float64","init":{"kind":"uniform","low":-1,"high":1}},{"name":"c","shape":[8,8],"dtype":"int8","init":{"kind":"wage_variance_scaling","bits":4,"codes":true,"mode":"fan_avg"}}]}',
  '{"seed":18446744073709551615,"tensors":[{"name":"k","shape":[6,5],"dtype":"float16","init":{"kind":"kaiming_uniform","a":0.1,"nonlinearity":"leaky_relu","layout":"torch"}},{"name":"h","shape":[3,3,8,4],"init":{"kind":"he_normal","layout":"keras","preserve_std":false}},{"name":"n","shape":[0,4],"init":{"kind":"constant","value":1e-3}}]}',
  '{"seed":1,"shard_size":"5GB","default":{"dtype":"bfloat16","init":{"kind":"normal","std":0.02}},"rules":[{"match":"*norm.weight","init":{"kind":"ones"}},{"match":"re:.*\\\\.(q|k)_proj","init":{"kind":"xavier_normal"},"dtype":"float32"},{"match":"l.?","init":{"kind":"wage","bits":8}}],"tensors":[{"name":"a.norm.weight","shape":[4]},{"name":"l.q_proj","shape":[4,4]},{"name":"l.0","shape":[3,5]}]}',
  '{"seed":7,"tensors":[{"name":"i","shape":[9],"dtype":"uint64","init":{"kind":"integers","low":0,"high":"18446744073709551616"}},{"name":"b","shape":[3,3],"dtype":"bool","init":{"kind":"bernoulli","p":0.3}},{"name":"r","shape":[7],"dtype":"float8_e5m2","init":{"kind":"rademacher","scale":0.5}},{"name":"w","shape":[5],"dtype":"int16","init":{"kind":"bits"}}]}',
  '{"seed":"-3","generator":"torch","default":{"init":{"kind":"normal","std":0.5}},"tensors":[{"name":"a","shape":[3],"dtype":"bfloat16"},{"name":"b","shape":[5,7],"init":{"kind":"kaiming_uniform"}},{"name":"c","shape":[1],"first_word":9007199254740000,"cached_normal":-1.5e-3},{"name":"d","shape":[],"first_word":0}]}',
  '{"seed":3,"default":{"init":{"kind":"normal","std":{"of":0.02,"by":{"dim":-1,"times":2},"power":-0.5}}},"rules":[{"match":"re:l\\\\.(\\\\d+)\\\\.b","init":{"kind":"uniform","low":{"of":-1,"by":{"fan_of":"l.$1.w"},"power":-0.5},"high":{"of":{"of":1,"by":2,"power":0.25},"by":{"capture":1,"plus":1},"power":0}}},{"match":"e.*","init":{"kind":"he_normal","batch_axis":0,"in_axis":[-2],"out_axis":2}}],"tensors":[{"name":"l.0.w","shape":[4,5]},{"name":"l.0.b","shape":[4]},{"name":"e.w","shape":[2,3,4]},{"name":"head","shape":[4,5],"same_as":"l.0.w"},{"name":"s","shape":[4,5],"stream":"old"},{"name":"f","shape":[3],"init":{"kind":"kaiming_uniform","fan_of":"l.0.w"}}]}',
  '{"seed":4,"default":{"init":{"kind":"keep"}},"rules":[{"match":"h.*","skip":true},{"match":"re:(l)\\\\.(\\\\d+)\\\\..*","rename":"$1ayers.$2$$","shape":[4,5],"init":{"kind":"zeros"}},{"match":"e*","rename":"m.$0"}],"tensors":[{"name":"h.w","shape":[4,5]},{"name":"l.0.w","shape":[4,5]},{"name":"e.w","shape":[2]},{"name":"e.t","shape":[4,5],"same_as":"l.0.w"}]}',
];

const STREAMS =
  '{"version":"0.4.0","byte_contract":1,"seed":"42","checkpoint":{"shards":1,"shard":1,"shard_size":1000,"digest":"00ff"},"tensors":{"a":{"init":{"kind":"wage","bits":2,"factor":1,"mode":"fan_in","codes":false},"weight_scale":2,"limit":0.75,"code_use":{"used":3}},"b":{"init":{"kind":"truncated_normal","mean":0,"std":1,"low":-2,"high":"inf"}}}}';

/** A generator of one sequence: tensors have a place in it. */
const SEQUENCE =
  '{"version":"0.7.0","byte_contract":2,"generator":"torch","seed":"42","tensors":{"a":{"init":{"kind":"uniform","low":-1,"high":1},"first_word":0},"b":{"init":{"kind":"normal","mean":0,"std":1},"first_word":6,"cached_normal":-0.25}}}';

/** Tied tensors, and initialisers within one. */
const NESTED =
  '{"version":"0.8.0","byte_contract":1,"seed":"42","tensors":{"a":{"init":{"kind":"normal","mean":0,"std":1,"zero_rows":[1],"rows":[{"from":0,"to":1,"init":{"kind":"uniform","low":-1,"high":1}}]},"stream":"old"},"b":{"init":{"kind":"he_normal","layout":"keras","preserve_std":true,"fan_in":32,"in_axis":[0]},"same_as":"c"}}}';

/** Kept tensors of other names, one of them that of the other tensor; the latter is tied to a tensor of another file. */
const SOURCE = `"of":"m.safetensors","header":"${'0f'.repeat(32)}","sample":"${'a5'.repeat(16)}"`;
const KEPT = `{"version":"0.14.0","byte_contract":1,"seed":"42","tensors":{"a":{"init":{"kind":"keep"},"kept":{${SOURCE},"name":"b"}},"b":{"drawn_as":{"kind":"keep"},"kept":{${SOURCE},"name":"old"},"same_as":"c"}}}`;

const RECIPES = [STREAMS, SEQUENCE, NESTED, KEPT];

const INDEX = '{"metadata":{"total_size":28},"weight_map":{"a":"1.safetensors","b":"sub/2.safetensors"}}';

/** What the Hub says of a revision. */
const HUB_ANSWERS = [
  `{"_id":"1","id":"o/n","private":false,"gated":"auto","tags":["a"],"sha":"${'0a'.repeat(20)}","siblings":[{"rfilename":".gitattributes"},{"rfilename":"unet/model.safetensors","size":5}],"safetensors":{"parameters":{"BF16":5},"total":5}}`,
  `{"siblings":[{"rfilename":"../x"},{"rfilename":"a/../../x"},{"blobId":"b"}],"sha":"${'f'.repeat(40)}","cardData":{"a":[{"b":null}]}}`,
];

const JOURNALS = [
  '{"version":"0.5.0","byte_contract":1,"seed":"42","files":[{"name":"m-1.safetensors","bytes":1000},{"name":"m-2.safetensors","bytes":2000}],"tensors":[["a","0123456789abcdef"],["b","fedcba9876543210"]],"chunk_elements":262144,"chunks":64}',
  '{"version":"0.7.0","byte_contract":2,"generator":"torch","seed":"42","files":[{"name":"m-1.safetensors","bytes":1000},{"name":"m-2.safetensors","bytes":2000}],"tensors":[["a","0123456789abcdef"],["b","fedcba9876543210"]],"chunk_elements":262144,"chunks":64}',
  '{"version":"0.9.0","byte_contract":1,"seed":"42","files":[{"name":"m.safetensors","bytes":1000}],"tensors":[["a","0123456789abcdef"]],"sources":[{"file":"s.safetensors","bytes":900,"mtime_ns":"1700000000000000001","ino":"12"},{"file":"t.safetensors","bytes":0,"mtime_ns":"-1","ino":"18446744073709551615"}],"chunk_elements":262144,"chunks":64}',
];

/** Ranges of chunks, good and bad. */
const RANGES = ['', '0', '0-63', '0-30,33,40-62', '30-63', '0-64', '5-4', '1,', '-1', '00-07', '1e1'];

/** @param readers  in place of the real ones */
export function makeTargets(folder, readers) {
  const { readHeader } = { ...realReader, ...readers };
  const { openCheckpointFiles } = { ...realFiles, ...readers };
  const { readCheckpointRecipe } = { ...realRecipe, ...readers };
  const header = join(folder, 'header');
  const recipe = join(folder, 'recipe');
  const index = join(folder, 'i.safetensors.index.json');
  saveFile(join(folder, '1.safetensors'), '{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}', 24);
  saveFile(join(folder, 'sub/2.safetensors'), '{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4);
  return [
    {
      name: 'header',
      make: makeHeaderFile,
      run: async (bytes) => {
        writeFileSync(header, bytes);
        checkFile(await readHeader(header), bytes);
      },
    },
    {
      name: 'index',
      make: (random) => breakBytes(Buffer.from(breakText(INDEX, random)), random),
      run: async (bytes) => {
        writeFileSync(index, bytes);
        checkIndexed(await openCheckpointFiles(index), bytes, folder);
      },
    },
    {
      name: 'recipe',
      make: makeRecipe,
      run: async (bytes) => {
        const metadata = JSON.stringify({ jumpfill: bytes.toString() });
        const entries =
          '"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[1],"data_offsets":[24,28]}';
        saveFile(recipe, `{"__metadata__":${metadata},${entries}}`, 28);
        const { spec, seed, generator } = readCheckpointRecipe(await openCheckpointFiles(recipe));
        const model = resolveModel(spec());
        deepStrictEqual([model.seed, model.generator], [seed, generator]);
        deepStrictEqual(parseStrictly(bytes.toString()).generator ?? 'xoroshiro128+', generator);
        deepStrictEqual(parseStrictly(bytes.toString()).seed, String(seed));
      },
    },
    {
      name: 'spec',
      make: (random) => Buffer.from(breakText(random.pick(SPECS), random)),
      run: (bytes) => {
        const text = bytes.toString();
        checkModel(resolveModel(parseSpec(text, 'spec')), text);
      },
    },
    {
      name: 'journal',
      make: makeJournal,
      run: (bytes) => {
        checkJournal(parseJournal(bytes.toString()), bytes.toString());
      },
    },
    {
      name: 'hub',
      make: (random) => breakBytes(Buffer.from(breakText(random.pick(HUB_ANSWERS), random)), random),
      run: (bytes) => {
        checkRevision(parseRevision(bytes), parseStrictly(bytes.toString()));
      },
    },
  ];
}

/** Most lines have the checksum of their broken text, so that the text is read; some have a wrong one. */
function makeJournal(random) {
  const records = Array.from({ length: random.below(5) }, () =>
    JSON.stringify({ done: random.pick(RANGES) }),
  );
  const lines = [random.pick(JOURNALS), ...records].map((line) => {
    const text = random.chance(0.5) ? breakText(line, random) : line;
    return `${text} ${random.chance(0.9) ? sumOf(text) : sumOf(line)}`;
  });
  const text = `${lines.join('\n')}${random.chance(0.8) ? '\n' : ''}`;
  return random.chance(0.2) ? breakBytes(Buffer.from(text), random) : Buffer.from(text);
}

const sumOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The commit and the names are those of the answer, and no name leads out of the model. */
function checkRevision({ commit, files }, { sha, siblings = [] }) {
  deepStrictEqual(commit, sha);
  if (!/^[0-9a-f]{40}$/.test(commit)) throw new Error(`${commit} is no commit`);
  const named = siblings.flatMap(({ rfilename }) => (rfilename === undefined ? [] : [rfilename]));
  for (const file of files) {
    if (!named.includes(file)) throw new Error(`the answer does not name ${file}`);
    const { pathname } = new URL(`http://hub/model/${file.split('/').map(encodeURIComponent).join('/')}`);
    if (!pathname.startsWith('/model/')) throw new Error(`${file} leads out of the model`);
  }
}

/** The ranges that a line records as done, if its checksum fits. */
function readDone(line) {
  const text = line.slice(0, Math.max(0, line.lastIndexOf(' ')));
  if (sumOf(text) !== line.slice(text.length + 1)) return [];
  try {
    return JSON.parse(text)?.done ?? [];
  } catch {
    return [];
  }
}

/** Either no journal, or a header that can be compared, and chunks that exist and that a line with a fitting checksum records. */
function checkJournal(state, text) {
  if (state === undefined)
    throw new JumpfillError('RESUME_REFUSED', 'There is no journal.', 'Start again without --resume.');
  const { header, done } = state;
  for (const journal of JOURNALS) {
    compareHeaders(header, JSON.parse(journal));
    compareHeaders(JSON.parse(journal), header);
  }
  for (const [first, last] of done) {
    if (!(first >= 0 && first <= last && last < header.chunks))
      throw new Error(`there are no chunks ${first}-${last}`);
  }
  const said = text.split('\n').slice(1).flatMap(readDone);
  const ranges = done.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join();
  const plain = (written) =>
    String(written)
      .split(',')
      .map((range) =>
        range
          .split('-')
          .map(Number)
          .join('-')
          .replace(/^(\d+)-\1$/, '$1'),
      )
      .join();
  if (!said.some((written) => (written === '' ? '' : plain(written)) === ranges))
    throw new Error(`no line records ${ranges}`);
}

function makeRecipe(random) {
  const recipe = random.pick(RECIPES);
  return Buffer.from(breakText(random.chance(0.2) ? swell(recipe, random) : recipe, random));
}

/** An initialiser that is far larger than any real one: long, wide or deep. */
function swell(recipe, random) {
  const count = random.below(20_000);
  const members = Array.from({ length: 1 + (count % 400) }, (_, i) => `"k${i}":${i}`);
  const large = random.pick([
    `[${'{},'.repeat(count)}{}]`,
    `[${'0,'.repeat(count)}0]`,
    `{${members.join()}}`,
    `{"kind":${'[{"a":'.repeat(60)}0${'}]'.repeat(60)}}`,
    `{"kind":"${'k'.repeat(count)}"}`,
    `{"kind":"normal","std":[${'1,'.repeat(count)}1]}`,
  ]);
  return recipe.replace(/"init":\{[^}]*\}/, `"init":${large}`);
}

function frame(json, dataBytes) {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

function saveFile(path, json, dataBytes) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, frame(Buffer.from(json), dataBytes));
}

/** Most files have the data of the unbroken header, so that most refusals are about the header. */
export function makeHeaderFile(random) {
  const whole = random.pick(HEADERS);
  const ends = Object.entries(JSON.parse(whole)).map(([, entry]) => entry?.data_offsets?.[1] ?? 0);
  const dataBytes = random.chance(0.9) ? Math.max(0, ...ends) : random.below(40);
  const bytes = frame(Buffer.from(breakText(whole, random)), dataBytes);
  return random.chance(0.5) ? bytes : breakBytes(bytes, random);
}

/** JSON.parse, but a key that comes twice is an error. */
export function parseStrictly(text) {
  for (const { node, phase } of iterator(parse(text, { mode: 'json' }))) {
    if (phase !== 'enter' || node.type !== 'Object') continue;
    const keys = node.members.map(({ name }) => name.value);
    deepStrictEqual(keys, [...new Set(keys)]);
  }
  return JSON.parse(text);
}

/** Checks that the header was read as JSON.parse reads it, and that the tensors fill the file. */
function checkFile(file, bytes) {
  const length = Number(bytes.readBigUInt64LE(0));
  const parsed = new Map(Object.entries(parseStrictly(bytes.toString('utf8', 8, 8 + length))));
  deepStrictEqual(new Map(file.metadata), new Map(Object.entries(parsed.get('__metadata__') ?? {})));
  parsed.delete('__metadata__');
  deepStrictEqual(file.tensors.length, parsed.size);
  let next = 8 + length;
  for (const { name, storedDtype, shape, position, byteLength, elementCount } of file.tensors) {
    const begin = position - 8 - length;
    const { dtype, shape: wanted, data_offsets } = parsed.get(name);
    deepStrictEqual([storedDtype, shape, [begin, begin + byteLength]], [dtype, wanted, data_offsets]);
    deepStrictEqual(position, next);
    deepStrictEqual(
      elementCount,
      shape.reduce((product, size) => product * size, 1),
    );
    deepStrictEqual(8 * byteLength, elementCount * STORED_BITS[storedDtype]);
    next += byteLength;
  }
  deepStrictEqual(next, bytes.length);
  deepStrictEqual(file.byteLength, bytes.length);
}

/** Checks that the files opened are those that the index names, `./` aside, and none outside its folder. */
function checkIndexed(checkpoint, bytes, folder) {
  const places = parseStrictly(bytes.toString()).weight_map;
  deepStrictEqual([...checkpoint.tensors.keys()].sort(), Object.keys(places).sort());
  for (const { name, path } of checkpoint.tensors.values()) {
    deepStrictEqual(path, join(folder, Object.getOwnPropertyDescriptor(places, name).value));
    if (!path.startsWith(folder)) throw new Error(`${path} is outside`);
  }
}

/** Checks that a resolved spec has the tensors it names and does not leave out, and no infinite or missing fact. */
function checkModel(model, text) {
  const { tensors, rules = [] } = parseStrictly(text);
  const listed = model.tensors.map(({ name, listedName = name }) => listedName);
  const isLeft = rules.some(({ skip }) => skip) ? ({ name }) => listed.includes(name) : () => true;
  deepStrictEqual(
    listed,
    tensors.filter(isLeft).map(({ name }) => name),
  );
  deepStrictEqual(new Set(model.tensors.map(({ name }) => name)).size, listed.length);
  for (const { elementCount, recipe, name } of model.tensors) {
    const facts = Object.values(recipe.facts);
    if (!Number.isSafeInteger(elementCount)) throw new Error(`${name} has ${elementCount} elements`);
    if (!facts.every((fact) => Number.isFinite(fact) && fact >= 0)) {
      throw new Error(`${name} has facts ${facts}`);
    }
  }
}
